import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Accounts, what proves them, sessions, keys, mail and the audit trail. */
export class Ground1763700000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const sql of [...ACCOUNTS, ...SESSIONS, ...KEYS, ...TRAILS]) await runner.query(sql);
  }

  async down(runner: QueryRunner): Promise<void> {
    const tables = [
      'network_budgets',
      'audit_events',
      'development_mails',
      'mail_outbox',
      'service_keys',
      'signing_keys',
      'revocations',
      'sessions',
      'devices',
      'ticket_secrets',
      'tickets',
      'credentials',
      'users',
    ];
    for (const table of tables) await runner.query(`DROP TABLE ${table}`);
    await runner.query(`DROP SEQUENCE credential_versions`);
  }
}

const ACCOUNTS = [
  `CREATE TABLE users (
    id uuid NOT NULL,
    number bigint GENERATED ALWAYS AS IDENTITY,
    email text,
    email_canonical text,
    username text,
    username_canonical text,
    email_verified_at timestamptz,
    disabled_at timestamptz,
    last_signed_in_at timestamptz,
    roles text[] NOT NULL DEFAULT '{}',
    display_name text,
    locale text,
    profile jsonb NOT NULL DEFAULT '{}',
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    CONSTRAINT pk_users PRIMARY KEY (id),
    CONSTRAINT uq_users__number UNIQUE (number),
    CONSTRAINT uq_users__email UNIQUE (email_canonical),
    CONSTRAINT uq_users__username UNIQUE (username_canonical),
    CONSTRAINT ck_users__identifier CHECK (email_canonical IS NOT NULL OR username_canonical IS NOT NULL)
  )`,
  // unproved accounts that never signed in are swept by age
  `CREATE INDEX ix_users__unproved ON users (created_at) WHERE email_verified_at IS NULL AND last_signed_in_at IS NULL`,
  // a version is used once in the whole table: a credential that is deleted and made anew never has a former one's
  `CREATE SEQUENCE credential_versions AS integer`,
  `CREATE TABLE credentials (
    user_id uuid NOT NULL,
    kind text NOT NULL,
    hash text NOT NULL,
    scheme text NOT NULL,
    version integer NOT NULL,
    updated_at timestamptz NOT NULL,
    CONSTRAINT pk_credentials PRIMARY KEY (user_id, kind),
    CONSTRAINT fk_credentials__users FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE
  )`,
  `CREATE INDEX ix_credentials__scheme ON credentials (kind, scheme)`,
  `CREATE TABLE tickets (
    id uuid NOT NULL,
    purpose text NOT NULL,
    subject text,
    user_id uuid,
    payload jsonb NOT NULL DEFAULT '{}',
    wrong_tries integer NOT NULL DEFAULT 0,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    consumed_at timestamptz,
    CONSTRAINT pk_tickets PRIMARY KEY (id),
    CONSTRAINT fk_tickets__users FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE
  )`,
  `CREATE INDEX ix_tickets__subject ON tickets (subject)`,
  `CREATE INDEX ix_tickets__user ON tickets (user_id)`,
  `CREATE INDEX ix_tickets__expires ON tickets (expires_at)`,
  `CREATE TABLE ticket_secrets (
    digest bytea NOT NULL,
    ticket_id uuid NOT NULL,
    expires_at timestamptz NOT NULL,
    CONSTRAINT pk_ticket_secrets PRIMARY KEY (digest),
    CONSTRAINT fk_ticket_secrets__tickets FOREIGN KEY (ticket_id) REFERENCES tickets (id) ON DELETE CASCADE
  )`,
  `CREATE INDEX ix_ticket_secrets__ticket ON ticket_secrets (ticket_id)`,
  `CREATE TABLE devices (
    user_id uuid NOT NULL,
    device_id uuid NOT NULL,
    user_agent text,
    ip text,
    created_at timestamptz NOT NULL,
    last_seen_at timestamptz NOT NULL,
    CONSTRAINT pk_devices PRIMARY KEY (user_id, device_id),
    CONSTRAINT fk_devices__users FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE
  )`,
  `CREATE INDEX ix_devices__seen ON devices (last_seen_at)`,
];

const SESSIONS = [
  `CREATE TABLE sessions (
    id uuid NOT NULL,
    user_id uuid NOT NULL,
    contract text NOT NULL,
    device_id uuid,
    authenticated_at timestamptz NOT NULL,
    amr text[] NOT NULL,
    access_seconds integer NOT NULL,
    refresh_seconds integer NOT NULL,
    current_digest bytea,
    previous_digest bytea,
    sealed_successor bytea,
    rotated_at timestamptz,
    ip text,
    user_agent text,
    created_at timestamptz NOT NULL,
    last_seen_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    ends_at timestamptz NOT NULL,
    CONSTRAINT pk_sessions PRIMARY KEY (id),
    CONSTRAINT fk_sessions__users FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE
  )`,
  `CREATE INDEX ix_sessions__user ON sessions (user_id, last_seen_at)`,
  `CREATE INDEX ix_sessions__expires ON sessions (expires_at)`,
  // no foreign key: a revocation outlives its session and its account
  `CREATE TABLE revocations (
    session_id uuid NOT NULL,
    revoked_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    CONSTRAINT pk_revocations PRIMARY KEY (session_id)
  )`,
  `CREATE INDEX ix_revocations__revoked ON revocations (revoked_at)`,
  `CREATE INDEX ix_revocations__expires ON revocations (expires_at)`,
];

const KEYS = [
  `CREATE TABLE signing_keys (
    kid text NOT NULL,
    algorithm text NOT NULL,
    public_jwk jsonb NOT NULL,
    sealed_private bytea NOT NULL,
    created_at timestamptz NOT NULL,
    signs_from timestamptz NOT NULL,
    CONSTRAINT pk_signing_keys PRIMARY KEY (kid)
  )`,
  `CREATE TABLE service_keys (
    name text NOT NULL,
    sealed bytea NOT NULL,
    created_at timestamptz NOT NULL,
    CONSTRAINT pk_service_keys PRIMARY KEY (name)
  )`,
];

const TRAILS = [
  `CREATE TABLE mail_outbox (
    id uuid NOT NULL,
    kind text NOT NULL,
    recipient text NOT NULL,
    recipient_canonical text NOT NULL,
    locale text,
    facts jsonb NOT NULL DEFAULT '{}',
    ticket_id uuid,
    user_id uuid,
    priority smallint NOT NULL,
    is_vouched boolean NOT NULL DEFAULT false,
    state text NOT NULL,
    attempts integer NOT NULL DEFAULT 0,
    next_attempt_at timestamptz NOT NULL,
    last_error text,
    created_at timestamptz NOT NULL,
    finished_at timestamptz,
    CONSTRAINT pk_mail_outbox PRIMARY KEY (id),
    CONSTRAINT ck_mail_outbox__state CHECK (state IN ('pending', 'sent', 'dropped', 'failed'))
  )`,
  `CREATE INDEX ix_mail_outbox__due ON mail_outbox (priority, next_attempt_at) WHERE state = 'pending'`,
  `CREATE INDEX ix_mail_outbox__recipient ON mail_outbox (recipient_canonical, kind, created_at)`,
  `CREATE INDEX ix_mail_outbox__created ON mail_outbox (created_at)`,
  `CREATE TABLE development_mails (
    id bigint GENERATED ALWAYS AS IDENTITY,
    message_id text NOT NULL,
    recipient text NOT NULL,
    subject text NOT NULL,
    text text NOT NULL,
    html text NOT NULL,
    sent_at timestamptz NOT NULL,
    CONSTRAINT pk_development_mails PRIMARY KEY (id)
  )`,
  `CREATE TABLE audit_events (
    id bigint GENERATED ALWAYS AS IDENTITY,
    at timestamptz NOT NULL,
    event text NOT NULL,
    user_id uuid,
    identifier_digest bytea,
    network cidr,
    contract text,
    request_id text,
    facts jsonb NOT NULL DEFAULT '{}',
    CONSTRAINT pk_audit_events PRIMARY KEY (id)
  )`,
  `CREATE INDEX ix_audit_events__user ON audit_events (user_id, at)`,
  `CREATE INDEX ix_audit_events__at ON audit_events (at)`,
  // networks still whole: what the job that shortens them has to look at
  `CREATE INDEX ix_audit_events__whole_network ON audit_events (at)
     WHERE masklen(network) > CASE family(network) WHEN 4 THEN 16 ELSE 32 END`,
  // emptied by a crash, which is fine for budgets of minutes; lockout never lives here
  `CREATE UNLOGGED TABLE network_budgets (
    key text NOT NULL,
    hits integer NOT NULL,
    resets_at timestamptz NOT NULL,
    CONSTRAINT pk_network_budgets PRIMARY KEY (key)
  )`,
  `CREATE INDEX ix_network_budgets__resets ON network_budgets (resets_at)`,
];
