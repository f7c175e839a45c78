import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** What is used of one budget. The table is unlogged: a crash empties it, which costs a window of minutes. */
@Entity('network_budgets')
@Index('ix_network_budgets__resets', ['resetsAt'])
export class NetworkBudgetEntity {
  @PrimaryColumn('text', { primaryKeyConstraintName: 'pk_network_budgets' })
  key!: string;

  @Column('integer')
  hits!: number;

  @Column({ type: 'timestamptz' })
  resetsAt!: Date;
}
