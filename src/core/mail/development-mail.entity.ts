import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';

/** A mail that the development mailbox caught. It holds live links, as a mailbox does. Purged after 7 days. */
@Entity('development_mails')
export class DevelopmentMailEntity {
  @PrimaryGeneratedColumn('identity', {
    type: 'bigint',
    generatedIdentity: 'ALWAYS',
    primaryKeyConstraintName: 'pk_development_mails',
  })
  id!: number;

  @Column('text')
  messageId!: string;

  @Column('text')
  recipient!: string;

  @Column('text')
  subject!: string;

  @Column('text')
  text!: string;

  @Column('text')
  html!: string;

  @Column('timestamptz')
  sentAt!: Date;
}
