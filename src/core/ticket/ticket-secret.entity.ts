import { Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';

/** One drawn secret of a ticket, as its SHA-256. */
@Entity('ticket_secrets')
@ForeignKey('TicketEntity', ['ticketId'], ['id'], { name: 'fk_ticket_secrets__tickets', onDelete: 'CASCADE' })
@Index('ix_ticket_secrets__ticket', ['ticketId'])
export class TicketSecretEntity {
  @PrimaryColumn('bytea', { primaryKeyConstraintName: 'pk_ticket_secrets' })
  digest!: Buffer;

  @Column('uuid')
  ticketId!: string;

  @Column({ type: 'timestamptz' })
  expiresAt!: Date;
}
