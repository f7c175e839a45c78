import { Column, Entity, PrimaryColumn } from 'typeorm';

/** What an owner's files are charged in all, in bytes: each its own, 4 KiB at least, and those of its metadata; kept by a trigger on `stored_objects`, so it is always right. */
@Entity('storage_usage')
export class StorageUsageEntity {
  /** `NOBODY` for files without an owner. */
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'pk_storage_usage' })
  ownerId!: string;

  @Column('bigint')
  bytes!: string;
}
