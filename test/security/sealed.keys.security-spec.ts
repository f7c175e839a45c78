import { sealingKey } from '../support/sealed';
import { startTestApp } from '../support/test-app';
import { atOnce, startTwoProcesses } from '../support/two-processes';

const REQUESTS = 500;
const AT_ONCE = 4;
const SHARED_SECONDS = 3;

it('asking for keys all the time costs one RSA key every three seconds, and is charged to nobody', async () => {
  const processes = await startTwoProcesses({ THROTTLE_LIMIT: '5', THROTTLE_FAILURES: '5' });
  const [{ clock, database }] = processes.both;
  const started = clock.now().getTime();
  const ids = new Set<number>();
  for (let request = 0; request < REQUESTS; request += AT_ONCE) {
    for (const answer of await atOnce(AT_ONCE, () => processes.next().get('/auth/key'))) {
      expect([answer.statusCode, answer.headers['ratelimit']]).toEqual([200, undefined]);
      ids.add(answer.json<{ id: number }>().id);
    }
    clock.advanceSeconds(0.02 * AT_ONCE);
  }
  const seconds = (clock.now().getTime() - started) / 1000;
  expect(seconds).toBeCloseTo(10);
  const keys = await database.dataSource.query<{ id: number }[]>('SELECT id FROM sealing_keys');
  expect(keys).toHaveLength(Math.ceil(seconds / SHARED_SECONDS));
  expect(keys.map(({ id }) => id).sort()).toEqual([...ids].sort());
  await processes.close();
});

it('nor do failures, from however many networks, make more than one other in that time', async () => {
  const service = await startTestApp({ environment: { LOCKOUT_ATTEMPTS: '100' } });
  const { id } = await sealingKey(service);
  const given = new Set<number>();
  for (let guess = 0; guess < 100; guess += 1) {
    const { id: keyID } = await sealingKey(service);
    given.add(keyID);
    const encryptedPassword = Buffer.alloc(256, guess).toString('base64');
    const payload = { username: `nobody-${String(guess)}`, encryptedPassword, keyID };
    const remoteAddress = `198.51.100.${String(Math.floor(guess / 20))}`;
    const answer = await service.inject({ method: 'POST', url: '/auth/login', remoteAddress, payload });
    expect(answer.statusCode).toBe(401);
  }
  expect(given.size).toBe(2);
  const [row] = await service.database.dataSource.query<{ keys: number; first: number }[]>(
    'SELECT count(*)::int AS keys, min(id) AS first FROM sealing_keys',
  );
  expect([row?.first, row?.keys]).toEqual([id, 2]);
  await service.close();
});
