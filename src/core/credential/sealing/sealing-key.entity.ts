import { Column, Entity, Index, PrimaryGeneratedColumn } from 'typeorm';

/** A key under which clients encrypt passwords on their way here. Its private part is sealed under the master key. */
@Entity('sealing_keys')
@Index('ix_sealing_keys__expires_at', ['expiresAt'])
export class SealingKeyEntity {
  @PrimaryGeneratedColumn('identity', {
    type: 'integer',
    generatedIdentity: 'ALWAYS',
    primaryKeyConstraintName: 'pk_sealing_keys',
  })
  id!: number;

  /** PKCS #1 `RSAPublicKey`, DER (RFC 8017 §A.1.1). */
  @Column('bytea')
  publicDer!: Buffer;

  @Column('bytea')
  sealedPrivate!: Buffer;

  /** Since when it is handed out. */
  @Column('timestamptz')
  activeFrom!: Date;

  @Column('timestamptz')
  expiresAt!: Date;
}
