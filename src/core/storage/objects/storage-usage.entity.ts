import { Column, Entity, PrimaryColumn } from 'typeorm';

/** How many bytes an owner's files have in all; kept by a trigger on `stored_objects`, so it is always right. */
@Entity('storage_usage')
export class StorageUsageEntity {
  /** `NOBODY` for files without an owner. */
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'pk_storage_usage' })
  ownerId!: string;

  @Column('bigint')
  bytes!: string;
}
