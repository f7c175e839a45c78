import { Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';

/** A browser or app that an account has signed in from. */
@Entity('devices')
@ForeignKey('UserEntity', ['userId'], ['id'], { name: 'fk_devices__users', onDelete: 'CASCADE' })
@Index('ix_devices__seen', ['lastSeenAt'])
export class DeviceEntity {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'pk_devices' })
  userId!: string;

  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'pk_devices' })
  deviceId!: string;

  @Column({ type: 'text', nullable: true })
  userAgent!: string | null;

  @Column({ type: 'text', nullable: true })
  ip!: string | null;

  @Column({ type: 'timestamptz' })
  createdAt!: Date;

  @Column({ type: 'timestamptz' })
  lastSeenAt!: Date;

  /** When a second factor was last passed from it; null: never. */
  @Column({ type: 'timestamptz', nullable: true })
  secondFactorAt!: Date | null;
}
