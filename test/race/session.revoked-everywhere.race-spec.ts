import type { AccessClaims } from '../../src/core/session/access-claims';
import { statement } from '../../src/database/database.service';
import { addSeconds } from '../../src/kernel/clock';
import { newId } from '../../src/kernel/ids';
import {
  insertUser,
  openSession,
  signAccess,
  startSessionProcess,
  type SessionProcess,
} from '../support/session-process';
import { TestClock } from '../support/test-clock';
import { eventually } from '../support/eventually';
import { createTestDatabase, type TestDatabase } from '../support/test-database';

describe('a revoked session', () => {
  const clock = new TestClock();
  let test: TestDatabase;
  let first: SessionProcess;
  let second: SessionProcess;
  let userId: string;

  beforeAll(async () => {
    test = await createTestDatabase();
    [first, second] = await Promise.all([startSessionProcess(test.url, clock), startSessionProcess(test.url, clock)]);
    userId = await insertUser(test.database, clock.now());
  });

  afterAll(async () => {
    await Promise.all([first.stop(), second.stop()]);
    await test.drop();
  });

  async function signIn(): Promise<AccessClaims> {
    const { session } = await openSession(first, userId, clock.now());
    return signAccess(first, clock.now(), session).claims;
  }

  function codeOf(process: SessionProcess, claims: AccessClaims): string {
    try {
      process.accessTokens.assertLive(claims);
      return 'live';
    } catch (error) {
      return (error as { code: string }).code;
    }
  }

  it('is refused at once where it was ended, and within a second in another process', async () => {
    const claims = await signIn();
    expect(codeOf(second, claims)).toBe('live');
    const ended = await first.database.transaction((tx) => first.sessions.end(tx, [claims.sid]));
    first.revocations.note(ended);
    expect(codeOf(first, claims)).toBe('session-ended');
    await eventually(() => {
      expect(codeOf(second, claims)).toBe('session-ended');
    }, 1000);
  });

  it('is heard of without any signal', async () => {
    const claims = await signIn();
    await statement(
      test.database.pool,
      `INSERT INTO revocations (session_id, revoked_at, expires_at) VALUES ($1, $2, $3)`,
      [claims.sid, clock.now(), addSeconds(clock.now(), 3600)],
    );
    await eventually(() => {
      expect(codeOf(second, claims)).toBe('session-ended');
    }, 2000);
  });

  it('is refused by a process that starts afterwards', async () => {
    const claims = await signIn();
    await first.database.transaction((tx) => first.sessions.end(tx, [claims.sid]));
    clock.advanceSeconds(600);
    const restarted = await startSessionProcess(test.url, clock);
    try {
      expect(codeOf(restarted, claims)).toBe('session-ended');
    } finally {
      await restarted.stop();
    }
  });

  it('was not revoked when the transaction that ended it is rolled back', async () => {
    const claims = await signIn();
    const failing = first.database.transaction(async (tx) => {
      await first.sessions.end(tx, [claims.sid]);
      throw new Error('rolled back');
    });
    await expect(failing).rejects.toThrow('rolled back');
    await expect(first.sessions.find(first.database.pool, claims.sid)).resolves.not.toBeNull();
    const restarted = await startSessionProcess(test.url, clock);
    expect(codeOf(restarted, claims)).toBe('live');
    await restarted.stop();
  });

  it('cannot be told from a live one while revocations cannot be read: then every session is unavailable', async () => {
    const claims = await signIn();
    const known = { ...claims, sid: newId() };
    second.revocations.note([known.sid]);
    await statement(test.database.pool, 'ALTER TABLE revocations RENAME TO revocations_away');
    const lostAt = performance.now();
    try {
      await eventually(() => {
        expect(codeOf(second, claims)).toBe('unavailable');
      }, 7000);
      expect(performance.now() - lostAt).toBeGreaterThan(3900);
      // what is known to have ended has ended
      expect(codeOf(second, known)).toBe('session-ended');
    } finally {
      await statement(test.database.pool, 'ALTER TABLE revocations_away RENAME TO revocations');
    }
    await eventually(() => {
      expect(codeOf(second, claims)).toBe('live');
    }, 3000);
  });
});
