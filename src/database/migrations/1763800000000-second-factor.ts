import type { MigrationInterface, QueryRunner } from 'typeorm';

/** TOTP secrets, those that were disabled of late, and recovery codes; an index for the few accounts that have a role. */
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
    await runner.query(`CREATE TABLE former_totp (
      id uuid NOT NULL,
      user_id uuid NOT NULL,
      sealed_secret bytea NOT NULL,
      enabled_at timestamptz NOT NULL,
      expires_at timestamptz NOT NULL,
      CONSTRAINT pk_former_totp PRIMARY KEY (id),
      CONSTRAINT fk_former_totp__users FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE
    )`);
    await runner.query(`CREATE INDEX ix_former_totp__user ON former_totp (user_id)`);
    await runner.query(`CREATE INDEX ix_former_totp__expires ON former_totp (expires_at)`);
    // a sealed secret begins with the id of its master key: a start finds those of a former key without reading the rest
    await runner.query(`CREATE INDEX ix_totp__sealed_under ON totp (substring(sealed_secret from 1 for 8), user_id)`);
    await runner.query(
      `CREATE INDEX ix_former_totp__sealed_under ON former_totp (substring(sealed_secret from 1 for 8), id)`,
    );
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
    await runner.query(`DROP TABLE former_totp`);
    await runner.query(`DROP TABLE totp`);
  }
}
