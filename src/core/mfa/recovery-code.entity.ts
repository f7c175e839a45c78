import { Column, Entity, ForeignKey, PrimaryColumn } from 'typeorm';

/** A recovery code that has not been used, as its SHA-256 (120 random bits need no slower hash). */
@Entity('recovery_codes')
@ForeignKey('UserEntity', ['userId'], ['id'], { name: 'fk_recovery_codes__users', onDelete: 'CASCADE' })
export class RecoveryCodeEntity {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'pk_recovery_codes' })
  userId!: string;

  @PrimaryColumn('bytea', { primaryKeyConstraintName: 'pk_recovery_codes' })
  digest!: Buffer;

  @Column({ type: 'timestamptz' })
  createdAt!: Date;
}
