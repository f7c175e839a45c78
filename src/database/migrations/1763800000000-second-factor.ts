import type { MigrationInterface, QueryRunner } from 'typeorm';

/** TOTP secrets and recovery codes, and an index for the few accounts that have a role. */
export class SecondFactor1763800000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`CREATE TABLE totp (
      user_id uuid NOT NULL,
      sealed_secret bytea NOT NULL,
      generated_by uuid,
      generated_at timestamptz NOT NULL,
      enabled_at timestamptz,
      last_step bigint NOT NULL DEFAULT 0,
      CONSTRAINT pk_totp PRIMARY KEY (user_id),
      CONSTRAINT fk_totp__users FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE
    )`);
    await runner.query(`CREATE INDEX ix_totp__waiting ON totp (generated_at) WHERE enabled_at IS NULL`);
    await runner.query(`CREATE INDEX ix_users__with_roles ON users (id) WHERE roles <> '{}'`);
    await runner.query(`CREATE TABLE recovery_codes (
      user_id uuid NOT NULL,
      digest bytea NOT NULL,
      created_at timestamptz NOT NULL,
      CONSTRAINT pk_recovery_codes PRIMARY KEY (user_id, digest),
      CONSTRAINT fk_recovery_codes__users FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE
    )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP INDEX ix_users__with_roles`);
    await runner.query(`DROP TABLE recovery_codes`);
    await runner.query(`DROP TABLE totp`);
  }
}
