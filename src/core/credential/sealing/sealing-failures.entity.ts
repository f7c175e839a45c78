import { Column, Entity, ForeignKey, PrimaryColumn } from 'typeorm';

/** How often one network has failed with one sealing key. */
@Entity('sealing_failures')
@ForeignKey('SealingKeyEntity', ['keyId'], ['id'], { name: 'fk_sealing_failures__sealing_keys', onDelete: 'CASCADE' })
export class SealingFailuresEntity {
  @PrimaryColumn('integer', { primaryKeyConstraintName: 'pk_sealing_failures' })
  keyId!: number;

  @PrimaryColumn('text', { primaryKeyConstraintName: 'pk_sealing_failures' })
  network!: string;

  @Column('integer')
  failures!: number;
}
