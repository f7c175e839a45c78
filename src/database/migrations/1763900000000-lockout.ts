import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Buckets of failed attempts, six-digit codes, the networks accounts are known from, and who has passed a second factor. */
export class Lockout1763900000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await makeLocks(runner);
    await runner.query(`CREATE TABLE known_networks (
      user_id uuid NOT NULL,
      network text NOT NULL,
      id uuid NOT NULL,
      created_at timestamptz NOT NULL,
      last_seen_at timestamptz NOT NULL,
      known_until timestamptz NOT NULL,
      second_factor_at timestamptz,
      CONSTRAINT pk_known_networks PRIMARY KEY (user_id, network),
      CONSTRAINT uq_known_networks__id UNIQUE (id),
      CONSTRAINT fk_known_networks__users FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE
    )`);
    await runner.query(`CREATE INDEX ix_known_networks__until ON known_networks (known_until)`);
    await runner.query(`CREATE TABLE mailed_codes (
      ticket_id uuid NOT NULL,
      digest bytea NOT NULL,
      wrong_tries integer NOT NULL DEFAULT 0,
      expires_at timestamptz NOT NULL,
      CONSTRAINT pk_mailed_codes PRIMARY KEY (ticket_id),
      CONSTRAINT fk_mailed_codes__tickets FOREIGN KEY (ticket_id) REFERENCES tickets (id) ON DELETE CASCADE
    )`);
    await runner.query(`ALTER TABLE devices ADD COLUMN second_factor_at timestamptz`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE devices DROP COLUMN second_factor_at`);
    await runner.query(`DROP TABLE mailed_codes`);
    await runner.query(`DROP TABLE known_networks`);
    await runner.query(`DROP TABLE locks`);
  }
}

async function makeLocks(runner: QueryRunner): Promise<void> {
  // logged: a crash of the server must not give guesses back
  await runner.query(`CREATE TABLE locks (
    bucket bytea NOT NULL,
    id uuid NOT NULL,
    factor text NOT NULL,
    standing text NOT NULL,
    beyond text NOT NULL,
    user_id uuid,
    known_by text,
    level smallint NOT NULL DEFAULT 0,
    level_at timestamptz,
    failures timestamptz[] NOT NULL,
    networks text[] NOT NULL,
    locked_at timestamptz,
    locked_until timestamptz,
    forgotten_at timestamptz NOT NULL,
    owner_told_of timestamptz,
    admins_told_of timestamptz,
    confirmed_of timestamptz,
    CONSTRAINT pk_locks PRIMARY KEY (bucket),
    CONSTRAINT uq_locks__id UNIQUE (id)
  )`);
  await runner.query(`CREATE INDEX ix_locks__user ON locks (user_id)`);
  await runner.query(`CREATE INDEX ix_locks__forgotten ON locks (forgotten_at)`);
  await runner.query(
    `CREATE INDEX ix_locks__locked ON locks (locked_at) WHERE locked_at IS NOT NULL AND user_id IS NOT NULL`,
  );
  for (const whom of ['owner', 'admins']) {
    await runner.query(`CREATE INDEX ix_locks__${whom}_untold ON locks (locked_at)
      WHERE locked_at IS NOT NULL AND user_id IS NOT NULL
        AND (${whom}_told_of IS NULL OR ${whom}_told_of < locked_at)`);
  }
}
