import { Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';

/** A file: what stands at a path, and which blob holds its bytes. Names are compared byte by byte. */
@Entity('stored_objects')
@ForeignKey('UserEntity', ['ownerId'], ['id'], { name: 'fk_stored_objects__users', onDelete: 'CASCADE' })
@ForeignKey('StoredBlobEntity', ['blobKey'], ['key'], { name: 'fk_stored_objects__stored_blobs' })
@Index('ix_stored_objects__owner', ['ownerId'])
@Index('ix_stored_objects__token', { synchronize: false })
@Index('uq_stored_objects__blob', ['blobKey'], { unique: true })
export class StoredObjectEntity {
  @PrimaryColumn({ type: 'text', collation: 'C', primaryKeyConstraintName: 'pk_stored_objects' })
  folder!: string;

  @PrimaryColumn({ type: 'text', collation: 'C', primaryKeyConstraintName: 'pk_stored_objects' })
  filename!: string;

  /** Null: nobody's. With the account its files go. */
  @Column({ type: 'uuid', nullable: true })
  ownerId!: string | null;

  /** As its sender calls it. */
  @Column('text')
  contentType!: string;

  /** What its bytes are: what it is shown as goes by this. */
  @Column('text')
  borneOutType!: string;

  @Column('bigint')
  size!: string;

  @Column('bytea')
  sha256!: Buffer;

  @Column('text')
  blobKey!: string;

  /** With `token`, which links may be shared by: 256 random bits. */
  @Column('jsonb')
  metadata!: Record<string, unknown>;

  @Column('timestamptz')
  createdAt!: Date;

  @Column('timestamptz')
  updatedAt!: Date;
}
