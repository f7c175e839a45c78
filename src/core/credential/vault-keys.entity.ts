import { Column, Entity, ForeignKey, PrimaryColumn } from 'typeorm';

/** What a vault's client needs to open its data, as it sent it. The service can read none of it without the password. */
@Entity('vault_keys')
@ForeignKey('UserEntity', ['userId'], ['id'], { name: 'fk_vault_keys__users', onDelete: 'CASCADE' })
export class VaultKeysEntity {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'pk_vault_keys' })
  userId!: string;

  /** The data key, encrypted on the client under a key that only the master password gives. */
  @Column('text')
  encryptedDek!: string;

  @Column('text')
  salt!: string;

  @Column('text')
  nonce!: string;

  @Column('text')
  argon2Params!: string;

  @Column('timestamptz')
  updatedAt!: Date;
}
