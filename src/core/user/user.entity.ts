import { Check, Column, Entity, Index, PrimaryColumn, Unique } from 'typeorm';

/** An account. Its address and username each hold a canonical form that is compared; the other is shown. */
@Entity('users')
@Unique('uq_users__number', ['number'])
@Unique('uq_users__email', ['emailCanonical'])
@Unique('uq_users__username', ['usernameCanonical'])
@Check('ck_users__identifier', 'email_canonical IS NOT NULL OR username_canonical IS NOT NULL')
@Index('ix_users__unproved', ['createdAt'], {
  where: 'email_verified_at IS NULL AND last_signed_in_at IS NULL',
})
@Index('ix_users__with_roles', ['id'], { where: "roles <> '{}'" })
export class UserEntity {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'pk_users' })
  id!: string;

  /** The integer that some contracts show beside the uuid. */
  @Column({ type: 'bigint', generated: 'identity', generatedIdentity: 'ALWAYS' })
  number!: string;

  @Column({ type: 'text', nullable: true })
  email!: string | null;

  @Column({ type: 'text', nullable: true })
  emailCanonical!: string | null;

  @Column({ type: 'text', nullable: true })
  username!: string | null;

  @Column({ type: 'text', nullable: true })
  usernameCanonical!: string | null;

  /** When the mailbox was proved; until then the address gives no authority anywhere. */
  @Column({ type: 'timestamptz', nullable: true })
  emailVerifiedAt!: Date | null;

  @Column({ type: 'timestamptz', nullable: true })
  disabledAt!: Date | null;

  @Column({ type: 'timestamptz', nullable: true })
  lastSignedInAt!: Date | null;

  @Column({ type: 'text', array: true, default: () => "'{}'" })
  roles!: string[];

  @Column({ type: 'text', nullable: true })
  displayName!: string | null;

  @Column({ type: 'text', nullable: true })
  locale!: string | null;

  @Column({ type: 'jsonb', default: () => "'{}'" })
  profile!: Record<string, unknown>;

  @Column({ type: 'timestamptz' })
  createdAt!: Date;

  @Column({ type: 'timestamptz' })
  updatedAt!: Date;
}
