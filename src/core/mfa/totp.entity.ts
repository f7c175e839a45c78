import { Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';

/** An account's TOTP secret (RFC 6238), waiting to be confirmed or enabled. */
@Entity('totp')
@ForeignKey('UserEntity', ['userId'], ['id'], { name: 'fk_totp__users', onDelete: 'CASCADE' })
// over an expression, which TypeORM cannot describe: the key id at the head of the sealed secret, then the primary key
@Index('ix_totp__sealed_under', { synchronize: false })
@Index('ix_totp__waiting', ['generatedAt'], { where: 'enabled_at IS NULL' })
export class TotpEntity {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'pk_totp' })
  userId!: string;

  /** Under the master key. */
  @Column('bytea')
  sealedSecret!: Buffer;

  /** The session that generated it: only that one may enable it. */
  @Column({ type: 'uuid', nullable: true })
  generatedBy!: string | null;

  @Column({ type: 'timestamptz' })
  generatedAt!: Date;

  @Column({ type: 'timestamptz', nullable: true })
  enabledAt!: Date | null;

  /** The time step of the last accepted code: no code of it or of an earlier one is accepted again (RFC 6238 §5.2). */
  @Column({ type: 'bigint', default: 0 })
  lastStep!: number;
}
