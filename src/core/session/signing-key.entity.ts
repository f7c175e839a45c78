import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A key of the published set. Its private part is sealed under the master key. */
@Entity('signing_keys')
export class SigningKeyEntity {
  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'pk_signing_keys' })
  kid!: string;

  @Column({ type: 'text' })
  algorithm!: string;

  @Column({ type: 'jsonb' })
  publicJwk!: Record<string, unknown>;

  @Column({ type: 'bytea' })
  sealedPrivate!: Buffer;

  /** When it was published. */
  @Column({ type: 'timestamptz' })
  createdAt!: Date;

  /** From when on it signs, until the next one does. */
  @Column({ type: 'timestamptz' })
  signsFrom!: Date;
}
