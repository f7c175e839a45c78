import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** Something that happened to an account, and from where. No foreign key: events outlive accounts. */
@Entity('audit_events')
@Index('ix_audit_events__user', ['userId', 'at'])
@Index('ix_audit_events__at', ['at'])
@Index('ix_audit_events__whole_network', ['at'], {
  where: 'masklen(network) > CASE family(network) WHEN 4 THEN 16 ELSE 32 END',
})
export class AuditEventEntity {
  @PrimaryColumn({
    type: 'bigint',
    generated: 'identity',
    generatedIdentity: 'ALWAYS',
    primaryKeyConstraintName: 'pk_audit_events',
  })
  id!: string;

  @Column({ type: 'timestamptz' })
  at!: Date;

  @Column('text')
  event!: string;

  @Column({ type: 'uuid', nullable: true })
  userId!: string | null;

  @Column({ type: 'bytea', nullable: true })
  identifierDigest!: Buffer | null;

  /** The caller's network; shortened after 30 days. */
  @Column({ type: 'cidr', nullable: true })
  network!: string | null;

  @Column({ type: 'text', nullable: true })
  contract!: string | null;

  @Column({ type: 'text', nullable: true })
  requestId!: string | null;

  @Column({ type: 'jsonb', default: () => "'{}'" })
  facts!: Record<string, unknown>;
}
