import { Column, Entity, Index, PrimaryColumn, Unique } from 'typeorm';

/**
 * A bucket of failed attempts. Written alike for accounts and for names that nobody has; no foreign key, so that neither
 * work nor row differ.
 */
@Entity('locks')
@Unique('uq_locks__id', ['id'])
@Index('ix_locks__user', ['userId'])
@Index('ix_locks__forgotten', ['forgottenAt'])
@Index('ix_locks__locked', ['lockedAt'], { where: 'locked_at IS NOT NULL AND user_id IS NOT NULL' })
@Index('ix_locks__owner_untold', ['lockedAt'], {
  where: 'locked_at IS NOT NULL AND user_id IS NOT NULL AND (owner_told_of IS NULL OR owner_told_of < locked_at)',
})
@Index('ix_locks__admins_untold', ['lockedAt'], {
  where: 'locked_at IS NOT NULL AND user_id IS NOT NULL AND (admins_told_of IS NULL OR admins_told_of < locked_at)',
})
export class LockEntity {
  @PrimaryColumn('bytea', { primaryKeyConstraintName: 'pk_locks' })
  bucket!: Buffer;

  /** What admins call it by. */
  @Column('uuid')
  id!: string;

  @Column('text')
  factor!: 'secret' | 'second-factor' | 'mailed-code' | 'recovery';

  @Column('text')
  standing!: 'device' | 'session' | 'network' | 'stranger';

  @Column('text')
  beyond!: 'hold' | 'slow' | 'void' | 'pause';

  @Column({ type: 'uuid', nullable: true })
  userId!: string | null;

  /** The id of a device or session, or a network; null for strangers. */
  @Column({ type: 'text', nullable: true })
  knownBy!: string | null;

  @Column('smallint', { default: 0 })
  level!: number;

  @Column({ type: 'timestamptz', nullable: true })
  levelAt!: Date | null;

  @Column('timestamptz', { array: true })
  failures!: Date[];

  /** From where the latest failures came, the latest first, each once. */
  @Column('text', { array: true })
  networks!: string[];

  @Column({ type: 'timestamptz', nullable: true })
  lockedAt!: Date | null;

  @Column({ type: 'timestamptz', nullable: true })
  lockedUntil!: Date | null;

  /** From when on the row says nothing any more. */
  @Column('timestamptz')
  forgottenAt!: Date;

  /** The `lockedAt` of the lock that the owner was told of last. */
  @Column({ type: 'timestamptz', nullable: true })
  ownerToldOf!: Date | null;

  @Column({ type: 'timestamptz', nullable: true })
  adminsToldOf!: Date | null;

  /** The `lockedAt` of the lock whose last attempt has been judged, and was wrong. */
  @Column({ type: 'timestamptz', nullable: true })
  confirmedOf!: Date | null;
}
