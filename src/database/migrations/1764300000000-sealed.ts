import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Keys that clients encrypt passwords under, who failed with them, and which ciphertexts have been used. */
export class Sealed1764300000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`CREATE TABLE sealing_keys (
      id integer GENERATED ALWAYS AS IDENTITY,
      public_der bytea NOT NULL,
      sealed_private bytea NOT NULL,
      active_from timestamptz NOT NULL,
      expires_at timestamptz NOT NULL,
      CONSTRAINT pk_sealing_keys PRIMARY KEY (id)
    )`);
    await runner.query(`CREATE INDEX ix_sealing_keys__expires_at ON sealing_keys (expires_at)`);
    await runner.query(`CREATE TABLE sealing_failures (
      key_id integer NOT NULL,
      network text NOT NULL,
      failures integer NOT NULL,
      CONSTRAINT pk_sealing_failures PRIMARY KEY (key_id, network),
      CONSTRAINT fk_sealing_failures__sealing_keys FOREIGN KEY (key_id) REFERENCES sealing_keys (id) ON DELETE CASCADE
    )`);
    await runner.query(`CREATE TABLE sealed_uses (
      digest bytea NOT NULL,
      expires_at timestamptz NOT NULL,
      awaited_for bytea,
      CONSTRAINT pk_sealed_uses PRIMARY KEY (digest)
    )`);
    await runner.query(`CREATE INDEX ix_sealed_uses__expires_at ON sealed_uses (expires_at)`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE sealed_uses`);
    await runner.query(`DROP TABLE sealing_failures`);
    await runner.query(`DROP TABLE sealing_keys`);
  }
}
