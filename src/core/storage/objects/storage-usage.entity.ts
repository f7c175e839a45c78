import { Column, Entity, PrimaryColumn } from 'typeorm';

/** How much an owner has and how much of his waits for the sweeper, in bytes; kept by triggers, so it is always right. */
@Entity('storage_usage')
export class StorageUsageEntity {
  /** `NOBODY` for files without an owner. */
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'pk_storage_usage' })
  ownerId!: string;

  /** What his files are charged in all: each its own bytes, 4 KiB at least, and those of its metadata. */
  @Column('bigint')
  bytes!: string;

  /** What of his no file points at any more and still lies there: each its bytes, 4 KiB at least. */
  @Column('bigint')
  released!: string;
}
