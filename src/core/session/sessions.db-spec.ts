import {
  insertUser,
  openSession,
  startSessionProcess,
  type SessionProcess,
} from '../../../test/support/session-process';
import { TestClock } from '../../../test/support/test-clock';
import { createTestDatabase, type TestDatabase } from '../../../test/support/test-database';
import { statement } from '../../database/database.service';
import { addSeconds, DAY_SECONDS } from '../../kernel/clock';
import { newId } from '../../kernel/ids';
import { SessionEntity } from './session.entity';
import type { NewSession } from './sessions.service';

describe('sessions', () => {
  const clock = new TestClock();
  let test: TestDatabase;
  let process: SessionProcess;
  let userId: string;

  beforeAll(async () => {
    test = await createTestDatabase();
    process = await startSessionProcess(test.url, clock, { SESSIONS_PER_USER: '3' });
  });

  beforeEach(async () => {
    userId = await insertUser(test.database, clock.now());
  });

  afterAll(async () => {
    await process.stop();
    await test.drop();
  });

  function open(changed: Partial<NewSession> = {}) {
    const fresh: NewSession = {
      userId,
      contract: 'native',
      deviceId: null,
      amr: ['pwd'],
      lifetimes: { accessSeconds: 900, refreshSeconds: 30 * DAY_SECONDS },
      caller: { ip: '192.0.2.7', userAgent: 'test browser' },
      now: clock.now(),
      ...changed,
    };
    return process.database.transaction((tx) => process.sessions.open(tx, fresh));
  }

  async function listed(): Promise<string[]> {
    return (await process.sessions.list(process.database.pool, userId)).map(({ id }) => id);
  }

  async function revoked(ids: readonly string[]): Promise<string[]> {
    const { rows } = await statement<{ id: string }>(
      test.database.pool,
      `SELECT session_id AS id FROM revocations WHERE session_id = ANY($1::uuid[])`,
      [ids],
    );
    return rows.map(({ id }) => id);
  }

  it('hold what the sign-in was, and end after SESSION_MAX_AGE', async () => {
    const deviceId = newId();
    const { session, refreshExpiresInSeconds } = await open({ deviceId, amr: ['pwd', 'otp'] });
    expect(session).toEqual({
      id: session.id,
      userId,
      contract: 'native',
      deviceId,
      authenticatedAt: clock.now(),
      amr: ['pwd', 'otp'],
      accessSeconds: 900,
      ip: '192.0.2.7',
      userAgent: 'test browser',
      createdAt: clock.now(),
      lastSeenAt: clock.now(),
      expiresAt: addSeconds(clock.now(), 30 * DAY_SECONDS),
      endsAt: addSeconds(clock.now(), 90 * DAY_SECONDS),
    });
    expect(refreshExpiresInSeconds).toBe(30 * DAY_SECONDS);
    await expect(process.sessions.find(process.database.pool, session.id)).resolves.toEqual(session);
  });

  it('are continued by rotation until their absolute end and no longer', async () => {
    const opened = await open();
    let token = opened.refreshToken ?? '';
    let lastSeconds = 0;
    for (let days = 25; days < 90; days += 25) {
      clock.advanceSeconds(25 * DAY_SECONDS);
      const outcome = await process.rotate(token);
      if (outcome.kind !== 'rotated') throw new Error(outcome.kind);
      token = outcome.refreshToken;
      lastSeconds = outcome.refreshExpiresInSeconds;
      expect(outcome.session.lastSeenAt).toEqual(clock.now());
    }
    expect(lastSeconds).toBe(15 * DAY_SECONDS);
    clock.advanceSeconds(15 * DAY_SECONDS);
    await expect(process.rotate(token)).resolves.toEqual({ kind: 'invalid' });
  });

  it('are not continued by a refresh token that has expired', async () => {
    const { refreshToken } = await open();
    clock.advanceSeconds(30 * DAY_SECONDS);
    await expect(process.rotate(refreshToken ?? '')).resolves.toEqual({ kind: 'invalid' });
  });

  it('are left alone by a refresh token brought to another contract', async () => {
    const { refreshToken } = await open({ contract: 'vault' });
    await expect(process.rotate(refreshToken ?? '')).resolves.toEqual({ kind: 'invalid' });
    const asVault = process.database.transaction((tx) =>
      process.sessions.rotate(tx, refreshToken ?? '', 'vault', null),
    );
    await expect(asVault).resolves.toMatchObject({ kind: 'rotated' });
  });

  it.each(['', 'words', '..', 'a.b.c', '\0'])('are left alone by %j in a refresh token’s place', async (text) => {
    await expect(process.rotate(text)).resolves.toEqual({ kind: 'invalid' });
  });

  it('without a refresh token live as long as their access token', async () => {
    const opened = await open({ contract: 'lumina', lifetimes: { accessSeconds: 3600, refreshSeconds: null } });
    expect(opened).toMatchObject({ refreshToken: null, refreshExpiresInSeconds: 0 });
    expect(opened.session.expiresAt).toEqual(addSeconds(clock.now(), 3600));
  });

  it('keep nothing from which a refresh token could be read', async () => {
    const { refreshToken, session } = await open();
    const outcome = await process.rotate(refreshToken ?? '');
    if (outcome.kind !== 'rotated') throw new Error(outcome.kind);
    const row = await test.database.pool.getRepository(SessionEntity).findOneByOrFail({ id: session.id });
    const stored = [row.currentDigest, row.previousDigest, row.sealedSuccessor].map((bytes) =>
      bytes?.toString('latin1'),
    );
    for (const token of [refreshToken ?? '', outcome.refreshToken]) {
      const { jti } = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as { jti: string };
      for (const bytes of stored) {
        expect(bytes).toBeDefined();
        expect(bytes).not.toContain(jti);
        expect(bytes).not.toContain(token);
      }
    }
  });

  it('without a refresh token end with their access token, and make room for others then', async () => {
    const brief = { lifetimes: { accessSeconds: 3600, refreshSeconds: null } };
    const end = addSeconds(clock.now(), 3600);
    const { session, refreshToken } = await open(brief);
    expect([refreshToken, session.expiresAt, session.endsAt]).toEqual([null, end, end]);
    await open(brief);
    await open(brief);
    clock.advanceSeconds(3600);
    await expect(process.sessions.find(process.database.pool, session.id)).resolves.toBeNull();
    const kept = await open();
    await open();
    await open();
    expect(await revoked([kept.session.id, session.id])).toEqual([]);
    expect(await listed()).toHaveLength(3);
  });

  it('beyond SESSIONS_PER_USER end, the least recently used first', async () => {
    const first = await open();
    clock.advanceSeconds(1);
    const second = await open();
    clock.advanceSeconds(1);
    await open();
    clock.advanceSeconds(1);
    await process.rotate(first.refreshToken ?? '');
    clock.advanceSeconds(1);
    await open();
    expect(await listed()).toHaveLength(3);
    expect(await listed()).toContain(first.session.id);
    expect(await revoked([first.session.id, second.session.id])).toEqual([second.session.id]);
  });

  it('stay within SESSIONS_PER_USER however many sign in at once', async () => {
    await Promise.all(Array.from({ length: 12 }, () => open()));
    expect(await listed()).toHaveLength(3);
  });

  it('are listed while they live, the last used first', async () => {
    const older = await open();
    clock.advanceSeconds(60);
    const newer = await open();
    expect(await listed()).toEqual([newer.session.id, older.session.id]);
    clock.advanceSeconds(30 * DAY_SECONDS - 60);
    expect(await listed()).toEqual([newer.session.id]);
  });

  it('end one by one, all, or all but one, each with its revocation', async () => {
    const [a, b, c] = await Promise.all([open(), open(), open()]);
    const ids = [a.session.id, b.session.id, c.session.id];
    const others = insertUser(test.database, clock.now());
    const foreign = await openSession(process, await others, clock.now());
    const end = await process.database.transaction((tx) => process.sessions.end(tx, [a.session.id, newId()]));
    expect(end).toEqual([a.session.id]);
    const rest = await process.database.transaction((tx) => process.sessions.endAll(tx, userId, b.session.id));
    expect(rest).toEqual([c.session.id]);
    expect(await listed()).toEqual([b.session.id]);
    await process.database.transaction((tx) => process.sessions.endAll(tx, userId));
    expect(await listed()).toEqual([]);
    expect((await revoked([...ids, foreign.session.id])).sort()).toEqual(ids.sort());
    await expect(process.rotate(b.refreshToken ?? '')).resolves.toEqual({ kind: 'invalid' });
  });

  it('whose refresh token has expired end with the others: an access token may still live', async () => {
    const { session } = await open({ lifetimes: { accessSeconds: 900, refreshSeconds: 60 } });
    clock.advanceSeconds(61);
    await process.database.transaction((tx) => process.sessions.endAll(tx, userId));
    expect(await revoked([session.id])).toEqual([session.id]);
  });

  it('note that their owner proved again who he is', async () => {
    const { session } = await open();
    clock.advanceSeconds(3600);
    const again = await process.sessions.reauthenticated(
      process.database.pool,
      session.id,
      ['pwd', 'otp'],
      clock.now(),
    );
    expect(again).toMatchObject({ id: session.id, authenticatedAt: clock.now(), amr: ['pwd', 'otp'] });
    await expect(
      process.sessions.reauthenticated(process.database.pool, newId(), ['pwd'], clock.now()),
    ).resolves.toBeNull();
  });

  it('and revocations go once nothing of theirs can live', async () => {
    const kept = await open();
    const gone = await open({ lifetimes: { accessSeconds: 900, refreshSeconds: 60 } });
    const ended = await open();
    await process.database.transaction((tx) => process.sessions.end(tx, [ended.session.id]));
    clock.advanceSeconds(60 + 3600 + 119);
    await process.jobs.runNow('purge-sessions');
    await expect(process.sessions.find(process.database.pool, gone.session.id)).resolves.not.toBeNull();
    clock.advanceSeconds(2);
    await process.jobs.runNow('purge-sessions');
    await process.jobs.runNow('purge-revocations');
    await expect(process.sessions.find(process.database.pool, gone.session.id)).resolves.toBeNull();
    await expect(process.sessions.find(process.database.pool, kept.session.id)).resolves.not.toBeNull();
    expect(await revoked([ended.session.id])).toEqual([]);
  });

  it('whose access tokens outlive all that the settings of now know stay revoked, or stay, as long as those live', async () => {
    const lifetimes = { accessSeconds: DAY_SECONDS, refreshSeconds: 60 };
    const [ended, idle] = [await open({ lifetimes }), await open({ lifetimes })];
    await process.database.transaction((tx) => process.sessions.end(tx, [ended.session.id]));
    const purge = async () => {
      await process.jobs.runNow('purge-sessions');
      await process.jobs.runNow('purge-revocations');
      const { rows } = await statement(test.database.pool, 'SELECT 1 FROM sessions WHERE id = $1', [idle.session.id]);
      return [(await revoked([ended.session.id])).length, rows.length];
    };
    clock.advanceSeconds(DAY_SECONDS + 60);
    await expect(purge()).resolves.toEqual([1, 1]);
    clock.advanceSeconds(121);
    await expect(purge()).resolves.toEqual([0, 0]);
  });

  it('do not make the database keep what a caller calls himself at any length', async () => {
    const { session } = await open({ caller: { ip: '192.0.2.7', userAgent: 'x'.repeat(5000) } });
    expect(session.userAgent).toHaveLength(512);
  });
});
