import { newId } from '../../src/kernel/ids';
import { insertUser, openSession, startSessionProcess, type SessionProcess } from '../support/session-process';
import { TestClock } from '../support/test-clock';
import { createTestDatabase, type TestDatabase } from '../support/test-database';

function tokenOf(outcome: { kind: string; refreshToken?: string }): string {
  if (outcome.refreshToken === undefined) throw new Error(`no token: ${outcome.kind}`);
  return outcome.refreshToken;
}

describe('refresh tokens rotated by two processes', () => {
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

  async function signIn(deviceId: string | null = null) {
    const opened = await openSession(first, userId, clock.now(), deviceId);
    return { ...opened, token: tokenOf({ kind: 'opened', refreshToken: opened.refreshToken ?? '' }) };
  }

  it('give one successor to 50 exchanges of one token at once', async () => {
    const { token } = await signIn();
    const outcomes = await Promise.all(
      Array.from({ length: 50 }, (_, index) => (index % 2 === 0 ? first : second).rotate(token)),
    );
    expect(outcomes.filter(({ kind }) => kind === 'rotated')).toHaveLength(1);
    expect(outcomes.filter(({ kind }) => kind === 'repeated')).toHaveLength(49);
    const successors = new Set(outcomes.map(tokenOf));
    expect(successors.size).toBe(1);
    expect(successors.has(token)).toBe(false);
  });

  it('end the session when a token comes back after its successor was used, in the same second', async () => {
    const { token, session } = await signIn();
    const successor = tokenOf(await first.rotate(token));
    const current = tokenOf(await second.rotate(successor));
    await expect(first.rotate(token)).resolves.toMatchObject({ kind: 'theft', session: { id: session.id } });
    // the session is gone for the thief and for the owner alike
    for (const each of [token, successor, current]) {
      await expect(second.rotate(each)).resolves.toEqual({ kind: 'invalid' });
    }
  });

  it('end the session for a replay that a process started afterwards is asked about', async () => {
    const { token } = await signIn();
    await first.rotate(tokenOf(await first.rotate(token)));
    const restarted = await startSessionProcess(test.url, clock);
    try {
      await expect(restarted.rotate(token)).resolves.toMatchObject({ kind: 'theft' });
    } finally {
      await restarted.stop();
    }
  });

  it('answer the former token with the same successor to anyone for 30 seconds, from any process', async () => {
    const { token } = await signIn(newId());
    const successor = tokenOf(await first.rotate(token));
    clock.advanceSeconds(30);
    const restarted = await startSessionProcess(test.url, clock);
    try {
      for (const process of [first, second, restarted]) {
        await expect(process.rotate(token)).resolves.toMatchObject({ kind: 'repeated', refreshToken: successor });
      }
    } finally {
      await restarted.stop();
    }
  });

  it('answer it after 31 seconds to the device that the session was opened with', async () => {
    const deviceId = newId();
    const { token } = await signIn(deviceId);
    const successor = tokenOf(await first.rotate(token));
    clock.advanceSeconds(31);
    await expect(second.rotate(token, deviceId)).resolves.toMatchObject({ kind: 'repeated', refreshToken: successor });
    clock.advanceSeconds(86_400);
    await expect(first.rotate(token, deviceId)).resolves.toMatchObject({ kind: 'repeated', refreshToken: successor });
    // and the successor still works
    await expect(second.rotate(successor)).resolves.toMatchObject({ kind: 'rotated' });
  });

  it.each([
    ['no device', (): string | null => null],
    ['another device', (): string | null => newId()],
  ])('take it for theft after 31 seconds with %s', async (_, presented) => {
    const { token } = await signIn(newId());
    await first.rotate(token);
    clock.advanceSeconds(31);
    await expect(second.rotate(token, presented())).resolves.toMatchObject({ kind: 'theft' });
  });

  it('take it for theft after 31 seconds when the session was opened without a device', async () => {
    const { token } = await signIn(null);
    await first.rotate(token);
    clock.advanceSeconds(31);
    await expect(second.rotate(token, null)).resolves.toMatchObject({ kind: 'theft' });
  });

  it('never answer a used token again to its own device either', async () => {
    const deviceId = newId();
    const { token } = await signIn(deviceId);
    await first.rotate(tokenOf(await first.rotate(token, deviceId)), deviceId);
    await expect(second.rotate(token, deviceId)).resolves.toMatchObject({ kind: 'theft' });
  });

  it('count one theft when many replays come at once', async () => {
    const { token } = await signIn();
    await first.rotate(tokenOf(await first.rotate(token)));
    const outcomes = await Promise.all(
      Array.from({ length: 10 }, (_, index) => (index % 2 === 0 ? first : second).rotate(token)),
    );
    expect(outcomes.filter(({ kind }) => kind === 'theft')).toHaveLength(1);
    expect(outcomes.filter(({ kind }) => kind === 'invalid')).toHaveLength(9);
  });
});
