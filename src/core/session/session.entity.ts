import { Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';

/** A signed-in browser or app. Holds digests of refresh tokens, never a token that could be used. */
@Entity('sessions')
@ForeignKey('UserEntity', ['userId'], ['id'], { name: 'fk_sessions__users', onDelete: 'CASCADE' })
@Index('ix_sessions__user', ['userId', 'lastSeenAt'])
@Index('ix_sessions__expires', ['expiresAt'])
export class SessionEntity {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'pk_sessions' })
  id!: string;

  @Column({ type: 'uuid' })
  userId!: string;

  /** The contract that opened it: only its refresh route takes the refresh token. */
  @Column({ type: 'text' })
  contract!: string;

  /** The device token that the sign-in left with; brings the owner back after a lost answer. */
  @Column({ type: 'uuid', nullable: true })
  deviceId!: string | null;

  @Column({ type: 'timestamptz' })
  authenticatedAt!: Date;

  @Column({ type: 'text', array: true })
  amr!: string[];

  @Column({ type: 'integer' })
  accessSeconds!: number;

  @Column({ type: 'integer' })
  refreshSeconds!: number;

  /** SHA-256 of the id of the refresh token that rotates next; null in contracts that give none. */
  @Column({ type: 'bytea', nullable: true })
  currentDigest!: Buffer | null;

  /** The one before it, which is answered with the same successor while that is unused. */
  @Column({ type: 'bytea', nullable: true })
  previousDigest!: Buffer | null;

  /** The current token, readable only with the previous one in hand. */
  @Column({ type: 'bytea', nullable: true })
  sealedSuccessor!: Buffer | null;

  @Column({ type: 'timestamptz', nullable: true })
  rotatedAt!: Date | null;

  @Column({ type: 'text', nullable: true })
  ip!: string | null;

  @Column({ type: 'text', nullable: true })
  userAgent!: string | null;

  @Column({ type: 'timestamptz' })
  createdAt!: Date;

  @Column({ type: 'timestamptz' })
  lastSeenAt!: Date;

  /** Until when the current refresh token is good. */
  @Column({ type: 'timestamptz' })
  expiresAt!: Date;

  /** The absolute end, which no rotation moves. */
  @Column({ type: 'timestamptz' })
  endsAt!: Date;
}
