import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Keys of vaults, and an index to find who has proved a mailbox first among those who want one username. */
export class Vault1764000000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`CREATE TABLE vault_keys (
      user_id uuid NOT NULL,
      encrypted_dek text NOT NULL,
      salt text NOT NULL,
      nonce text NOT NULL,
      argon2_params text NOT NULL,
      updated_at timestamptz NOT NULL,
      CONSTRAINT pk_vault_keys PRIMARY KEY (user_id),
      CONSTRAINT fk_vault_keys__users FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE
    )`);
    await runner.query(
      `CREATE INDEX ix_tickets__wanted_username ON tickets ((payload ->> 'wantedUsername')) WHERE purpose = 'enrol'`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP INDEX ix_tickets__wanted_username`);
    await runner.query(`DROP TABLE vault_keys`);
  }
}
