import { Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';

/** What one mailed secret allows. Its secrets are rows of their own: each mail that tells of it draws a new one. */
@Entity('tickets')
@ForeignKey('UserEntity', ['userId'], ['id'], { name: 'fk_tickets__users', onDelete: 'CASCADE' })
@Index('ix_tickets__subject', ['subject'])
@Index('ix_tickets__user', ['userId'])
// over an expression, which TypeORM cannot describe
@Index('ix_tickets__wanted_username', { synchronize: false })
@Index('ix_tickets__expires', ['expiresAt'])
export class TicketEntity {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'pk_tickets' })
  id!: string;

  @Column('text')
  purpose!: string;

  /** The canonical address that spending this ticket proves. */
  @Column({ type: 'text', nullable: true })
  subject!: string | null;

  @Column({ type: 'uuid', nullable: true })
  userId!: string | null;

  @Column({ type: 'jsonb', default: () => "'{}'" })
  payload!: Record<string, unknown>;

  @Column({ type: 'integer', default: 0 })
  wrongTries!: number;

  @Column({ type: 'timestamptz' })
  createdAt!: Date;

  @Column({ type: 'timestamptz' })
  expiresAt!: Date;

  @Column({ type: 'timestamptz', nullable: true })
  consumedAt!: Date | null;
}
