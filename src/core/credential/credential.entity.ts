import { Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';

/** `verifier`: derived from the password on the client and then treated like one. */
export type CredentialKind = 'password' | 'verifier';

/** What proves a person. `version` changes with every new secret, not with a better hash of the same one. */
@Entity('credentials')
@Index('ix_credentials__scheme', ['kind', 'scheme'])
export class CredentialEntity {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'pk_credentials' })
  @ForeignKey('UserEntity', 'id', { name: 'fk_credentials__users', onDelete: 'CASCADE' })
  userId!: string;

  @PrimaryColumn('text', { primaryKeyConstraintName: 'pk_credentials' })
  kind!: CredentialKind;

  @Column('text')
  hash!: string;

  /** How costly the hash is to compute; decoys follow its proportions. */
  @Column('text')
  scheme!: string;

  @Column('integer')
  version!: number;

  @Column('timestamptz')
  updatedAt!: Date;
}
