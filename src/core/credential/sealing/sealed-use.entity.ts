import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** A ciphertext that has been used, remembered until no key opens it any more. */
@Entity('sealed_uses')
@Index('ix_sealed_uses__expires_at', ['expiresAt'])
export class SealedUseEntity {
  /** SHA-256 of the ciphertext's bytes. */
  @PrimaryColumn('bytea', { primaryKeyConstraintName: 'pk_sealed_uses' })
  digest!: Buffer;

  @Column('timestamptz')
  expiresAt!: Date;

  /** Whose second factor is awaited, the password having been right: for that name it may come once more, with a code. */
  @Column('bytea', { nullable: true })
  awaitedFor!: Buffer | null;
}
