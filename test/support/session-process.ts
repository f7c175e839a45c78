import { Test, type TestingModule } from '@nestjs/testing';
import { ConfigModule } from '../../src/config/config.module';
import { parseSettings } from '../../src/config/settings';
import { LockoutModule } from '../../src/core/lockout/lockout.module';
import { AccessTokens, type SignedAccessToken } from '../../src/core/session/access-tokens.service';
import { Revocations } from '../../src/core/session/revocations.service';
import type { RotationOutcome } from '../../src/core/session/session-rotation.service';
import type { SessionRow } from '../../src/core/session/session-row';
import { SessionModule } from '../../src/core/session/session.module';
import { Sessions } from '../../src/core/session/sessions.service';
import { SigningKeys } from '../../src/core/session/signing-keys.service';
import { DatabaseModule } from '../../src/database/database.module';
import { Database, statement } from '../../src/database/database.service';
import { entities } from '../../src/entities';
import { addSeconds, Clock, DAY_SECONDS } from '../../src/kernel/clock';
import { newId } from '../../src/kernel/ids';
import { Jobs } from '../../src/platform/jobs/jobs.service';
import { PlatformModule } from '../../src/platform/platform.module';

export interface SessionProcess {
  readonly module: TestingModule;
  readonly database: Database;
  readonly sessions: Sessions;
  readonly revocations: Revocations;
  readonly signingKeys: SigningKeys;
  readonly accessTokens: AccessTokens;
  readonly jobs: Jobs;
  /** Rotates in a transaction of its own, as the flow does. */
  rotate(token: string, deviceId?: string | null): Promise<RotationOutcome>;
  stop(): Promise<void>;
}

/** 32 bytes that every process of a test shares. */
export const TEST_MASTER_KEY = Buffer.alloc(32, 7).toString('base64');

/**
 * What one process of the service has of the session and lockout rooms: its own pool, caches and listening connection.
 * Several of them on one database are several processes, as far as these rooms can tell.
 */
export async function startSessionProcess(
  url: string,
  clock: Clock,
  environment: Readonly<Record<string, string>> = {},
): Promise<SessionProcess> {
  const settings = parseSettings({
    DATABASE_URL: url,
    MASTER_KEY: TEST_MASTER_KEY,
    LOG_LEVEL: 'silent',
    ...environment,
  });
  const module = await Test.createTestingModule({
    imports: [ConfigModule.with(settings), DatabaseModule.with(entities), PlatformModule, SessionModule, LockoutModule],
  })
    .overrideProvider(Clock)
    .useValue(clock)
    .compile();
  // some tests make errors to be logged
  module.useLogger(false);
  await module.init();
  const database = module.get(Database);
  const sessions = module.get(Sessions);
  return {
    module,
    database,
    sessions,
    revocations: module.get(Revocations),
    signingKeys: module.get(SigningKeys),
    accessTokens: module.get(AccessTokens),
    jobs: module.get(Jobs),
    rotate: (token, deviceId = null) => database.transaction((tx) => sessions.rotate(tx, token, 'native', deviceId)),
    stop: () => module.close(),
  };
}

/** An account to hang sessions on. Returns its id. */
export async function insertUser(database: Database, now: Date): Promise<string> {
  const id = newId();
  await statement(
    database.pool,
    `INSERT INTO users (id, email, email_canonical, created_at, updated_at) VALUES ($1, $2, $2, $3, $3)`,
    [id, `${id}@example.org`, now],
  );
  return id;
}

/** Opens a native session as a sign-in does. */
export function openSession(
  { database, sessions }: Pick<SessionProcess, 'database' | 'sessions'>,
  userId: string,
  now: Date,
  deviceId: string | null = null,
) {
  return database.transaction((tx) =>
    sessions.open(tx, {
      userId,
      contract: 'native',
      deviceId,
      amr: ['pwd'],
      lifetimes: { accessSeconds: 900, refreshSeconds: 30 * DAY_SECONDS },
      caller: { ip: '192.0.2.7', userAgent: 'test browser' },
      now,
    }),
  );
}

/** Signs an access token of a session; without one, of a session that nobody has. */
export function signAccess(
  { accessTokens }: Pick<SessionProcess, 'accessTokens'>,
  now: Date,
  session: Partial<SessionRow> = {},
): SignedAccessToken {
  return accessTokens.sign({
    userId: session.userId ?? newId(),
    email: 'someone@example.org',
    emailVerified: true,
    roles: [],
    sessionId: session.id ?? newId(),
    authenticatedAt: session.authenticatedAt ?? now,
    amr: session.amr ?? ['pwd'],
    lifetimeSeconds: session.accessSeconds ?? 900,
    endsAt: session.endsAt ?? addSeconds(now, DAY_SECONDS),
  });
}
