import { Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';

/** A second factor that was disabled, kept for as long as that can be undone. */
@Entity('former_totp')
@ForeignKey('UserEntity', ['userId'], ['id'], { name: 'fk_former_totp__users', onDelete: 'CASCADE' })
// over an expression, which TypeORM cannot describe: the key id at the head of the sealed secret, then the primary key
@Index('ix_former_totp__sealed_under', { synchronize: false })
@Index('ix_former_totp__user', ['userId'])
@Index('ix_former_totp__expires', ['expiresAt'])
export class FormerTotpEntity {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'pk_former_totp' })
  id!: string;

  @Column('uuid')
  userId!: string;

  /** As it was in `totp`: under the master key, bound to the account. */
  @Column('bytea')
  sealedSecret!: Buffer;

  @Column('timestamptz')
  enabledAt!: Date;

  @Column('timestamptz')
  expiresAt!: Date;
}
