import { Column, Entity, ForeignKey, Index, PrimaryColumn, Unique } from 'typeorm';

/** A network from which an account signed in without a device token, or opened its unlock link. */
@Entity('known_networks')
@ForeignKey('UserEntity', ['userId'], ['id'], { name: 'fk_known_networks__users', onDelete: 'CASCADE' })
@Unique('uq_known_networks__id', ['id'])
@Index('ix_known_networks__until', ['knownUntil'])
export class KnownNetworkEntity {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'pk_known_networks' })
  userId!: string;

  /** In the one canonical spelling of `Caller.network`. */
  @PrimaryColumn('text', { primaryKeyConstraintName: 'pk_known_networks' })
  network!: string;

  /** What the owner calls it by. */
  @Column('uuid')
  id!: string;

  @Column({ type: 'timestamptz' })
  createdAt!: Date;

  @Column({ type: 'timestamptz' })
  lastSeenAt!: Date;

  @Column({ type: 'timestamptz' })
  knownUntil!: Date;

  /** When a second factor was passed from here without a token; null: never. */
  @Column({ type: 'timestamptz', nullable: true })
  secondFactorAt!: Date | null;
}
