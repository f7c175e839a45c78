import { Check, Column, Entity, Index, PrimaryColumn } from 'typeorm';
import type { MailFacts } from './mail-preparers.service';

/** A mail to be sent, without any secret. Purged 2 days after it was sent or dropped, 30 days after it failed. */
@Entity('mail_outbox')
@Check('ck_mail_outbox__state', `state IN ('pending', 'sent', 'dropped', 'failed')`)
@Index('ix_mail_outbox__due', ['priority', 'nextAttemptAt'], { where: `state = 'pending'` })
@Index('ix_mail_outbox__recipient', ['recipientCanonical', 'kind', 'createdAt'])
@Index('ix_mail_outbox__created', ['createdAt'])
export class MailOutboxEntity {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'pk_mail_outbox' })
  id!: string;

  @Column('text')
  kind!: string;

  @Column('text')
  recipient!: string;

  @Column('text')
  recipientCanonical!: string;

  @Column('text', { nullable: true })
  locale!: string | null;

  @Column('jsonb', { default: {} })
  facts!: MailFacts;

  /** No foreign key: the row outlives its ticket, and is then dropped by its preparer. */
  @Column('uuid', { nullable: true })
  ticketId!: string | null;

  @Column('uuid', { nullable: true })
  userId!: string | null;

  /** 0: somebody waits for it; 1: a notice. */
  @Column('smallint')
  priority!: number;

  /** Whether its owner, as far as can be told, asked for it: it may use the share that strangers may not. */
  @Column('boolean', { default: false })
  isVouched!: boolean;

  @Column('text')
  state!: 'pending' | 'sent' | 'dropped' | 'failed';

  @Column('integer', { default: 0 })
  attempts!: number;

  /** While a worker has the row: the end of its lease. */
  @Column('timestamptz')
  nextAttemptAt!: Date;

  @Column('text', { nullable: true })
  lastError!: string | null;

  @Column('timestamptz')
  createdAt!: Date;

  @Column('timestamptz', { nullable: true })
  finishedAt!: Date | null;
}
