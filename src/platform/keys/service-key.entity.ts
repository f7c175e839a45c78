import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A key of the service itself, encrypted under the master key. Rows are never deleted: nothing could be read again. */
@Entity('service_keys')
export class ServiceKeyEntity {
  @PrimaryColumn('text', { primaryKeyConstraintName: 'pk_service_keys' })
  name!: string;

  @Column('bytea')
  sealed!: Buffer;

  @Column('timestamptz')
  createdAt!: Date;
}
