import { Column, Entity, ForeignKey, PrimaryColumn } from 'typeorm';

/** The six digits mailed for a ticket. The latest only: asking for another voids the one before. */
@Entity('mailed_codes')
@ForeignKey('TicketEntity', ['ticketId'], ['id'], { name: 'fk_mailed_codes__tickets', onDelete: 'CASCADE' })
export class MailedCodeEntity {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'pk_mailed_codes' })
  ticketId!: string;

  /** HMAC-SHA-256 of the ticket's id and the code: a million codes are tried in no time against a mere hash. */
  @Column('bytea')
  digest!: Buffer;

  @Column('integer', { default: 0 })
  wrongTries!: number;

  @Column('timestamptz')
  expiresAt!: Date;
}
