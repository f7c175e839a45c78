import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** An ended session whose access tokens may still be around. Outlives its session and its account: no foreign key. */
@Entity('revocations')
@Index('ix_revocations__revoked', ['revokedAt'])
@Index('ix_revocations__expires', ['expiresAt'])
export class RevocationEntity {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'pk_revocations' })
  sessionId!: string;

  @Column({ type: 'timestamptz' })
  revokedAt!: Date;

  /** By then every access token of the session has expired by itself. */
  @Column({ type: 'timestamptz' })
  expiresAt!: Date;
}
