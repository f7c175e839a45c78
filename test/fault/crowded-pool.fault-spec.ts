import { randomUUID } from 'node:crypto';
import { Revocations } from '../../src/core/session/revocations.service';
import { SigningKeys } from '../../src/core/session/signing-keys.service';
import { Database, statement } from '../../src/database/database.service';
import { addSeconds } from '../../src/kernel/clock';
import { eventually } from '../support/eventually';
import { Hold } from '../support/hold';
import { startTestApp, type TestApp } from '../support/test-app';

const POOL = 3;

let service: TestApp;
beforeAll(async () => {
  service = await startTestApp({ environment: { DATABASE_POOL: String(POOL) } });
});
afterAll(() => service.close());

describe('while requests hold every connection of the pool, and more wait for one', () => {
  const holds = Array.from({ length: POOL }, () => new Hold());
  let crowd: Promise<unknown>;
  let waiting: Promise<unknown>;

  beforeAll(async () => {
    const database = service.app.get(Database);
    crowd = Promise.all(
      holds.map((hold) =>
        database.transaction(async (tx) => {
          await statement(tx, 'SELECT 1');
          await hold.wait();
        }),
      ),
    );
    await Promise.all(holds.map(({ reached }) => reached));
    waiting = Promise.allSettled(Array.from({ length: 20 }, () => statement(database.pool, 'SELECT 1')));
  });
  afterAll(async () => {
    for (const hold of holds) hold.release();
    await Promise.all([crowd, waiting]);
  });

  /** As another process does, and with nothing that would wake this one. */
  async function revokeElsewhere(): Promise<string> {
    const sessionId = randomUUID();
    const now = service.clock.now();
    await statement(
      service.database.database.pool,
      'INSERT INTO revocations (session_id, revoked_at, expires_at) VALUES ($1, $2, $3)',
      [sessionId, now, addSeconds(now, 600)],
    );
    return sessionId;
  }

  it('sessions that end elsewhere are heard of, again and again, and nobody is refused for not knowing', async () => {
    const revocations = service.app.get(Revocations, { strict: false });
    for (const _ of [1, 2, 3]) {
      const sessionId = await revokeElsewhere();
      await eventually(() => {
        expect(revocations.isRevoked(sessionId)).toBe(true);
      }, 4_000);
      expect(revocations.isStale()).toBe(false);
    }
  });

  it('signing keys are read', async () => {
    const keys = service.app.get(SigningKeys, { strict: false });
    // reads the table again, and rejects where it cannot
    await expect(keys.resolve(randomUUID())).resolves.toBeNull();
  });

  it('the process says that it is ready', async () => {
    const answer = await service.get('/readyz');
    expect(answer.statusCode).toBe(200);
    expect(answer.json()).toMatchObject({ database: 'ok', revocations: 'ok' });
  });

  it('whoever waits for the pool in vain is told so', async () => {
    const answer = await service.post('/auth/change-password/request', { email: 'ada@example.org' });
    expect([answer.statusCode, answer.headers['retry-after']]).toEqual([503, expect.any(String)]);
  });
});

describe('the connections for polls', () => {
  it('say what they are for, and end a statement before a poll is given up', async () => {
    const { reserved } = service.app.get(Database);
    const { rows } = await statement<{ name: string; longest: string }>(
      reserved,
      `SELECT current_setting('application_name') AS name, current_setting('statement_timeout') AS longest`,
    );
    expect(rows).toEqual([{ name: 'latchkey polls', longest: '2500ms' }]);
  });
});
