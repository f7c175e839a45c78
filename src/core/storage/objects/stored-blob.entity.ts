import { Check, Column, Entity, Index, PrimaryColumn } from 'typeorm';

/**
 * Bytes that lie somewhere. The row is there before the first byte and goes after the last one, so no byte is ever
 * forgotten: `coming` (being written, as long as the lease lives), `kept` (a row of `stored_objects` points at them),
 * `released` (no row does any more), `leaving` (the sweeper is at it: nothing can point at them again).
 */
@Entity('stored_blobs')
@Check('ck_stored_blobs__state', `state IN ('coming', 'kept', 'released', 'leaving')`)
@Index('ix_stored_blobs__lease', ['leaseUntil'], { where: `state <> 'kept'` })
export class StoredBlobEntity {
  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'pk_stored_blobs' })
  key!: string;

  @Column('text')
  state!: string;

  /** Until when the sweeper leaves them alone; null: nobody has said yet. */
  @Column({ type: 'timestamptz', nullable: true })
  leaseUntil!: Date | null;

  /** Whose they were, once they are let go of: `NOBODY` for a file without an owner. The account may be gone. */
  @Column({ type: 'uuid', nullable: true })
  ownerId!: string | null;

  /** What they count for until they are gone: set with `ownerId`. */
  @Column({ type: 'bigint', nullable: true })
  charge!: string | null;
}
