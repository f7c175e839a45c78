import { randomBytes } from 'node:crypto';
import { anAccount, resetTicket } from '../support/accounts';
import { aSealedPerson, forgetPassword, seal, sealedProblemOf, sealingKey, validateOtp } from '../support/sealed';
import { startTestApp, type TestApp } from '../support/test-app';
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

const NAT = '198.51.100.7';
const post = (service: TestApp, url: string, payload: object, headers: Record<string, string> = {}) =>
  service.inject({ method: 'POST', url, payload, headers, remoteAddress: NAT });
const junk = () => Buffer.concat([Buffer.alloc(1), randomBytes(255)]).toString('base64');
const registerJunk = (service: TestApp, keyID: number) => {
  const { email, username } = aSealedPerson();
  return post(service, '/auth/register', { email, username, encryptedPassword: junk(), keyID });
};
const locksOf = (service: TestApp) => service.database.dataSource.query<object[]>('SELECT failures FROM locks');

describe('who makes the keys useless in the network of somebody', () => {
  let service: TestApp;
  let owner: { username: string; email: string; password: string };
  beforeAll(async () => {
    service = await startTestApp();
    const { username } = aSealedPerson();
    owner = { ...(await anAccount(service, { username })), username };
  });
  afterAll(() => service.close());
  beforeEach(() => {
    service.clock.advanceSeconds(60);
  });

  const retireBoth = async () => {
    for (let guess = 0; guess < 40; guess += 1) {
      expect((await registerJunk(service, (await sealingKey(service)).id)).statusCode).toBe(400);
    }
  };

  it('keeps none of his devices out', async () => {
    const first = await post(service, '/auth/login', {
      username: owner.username,
      ...(await seal(service, owner.password)),
    });
    const device = { 'x-device-token': String(first.headers['x-device-token']) };
    await retireBoth();
    const sealed = await seal(service, owner.password);
    const answer = await post(service, '/auth/login', { username: owner.username, ...sealed }, device);
    expect(answer.statusCode).toBe(200);
  });

  it('makes nothing of him count as a wrong password', async () => {
    await retireBoth();
    const { username, password } = owner;
    const sealed = await seal(service, password);
    const answers = await Promise.all(
      Array.from({ length: 12 }, () => post(service, '/auth/login', { username, ...sealed })),
    );
    for (const answer of answers) expect(sealedProblemOf(answer)).toEqual({ status: 401, code: 'invalid-credentials' });
    expect(await locksOf(service)).toEqual([]);
    // it was not even used up
    const elsewhere = await service.post('/auth/login', { username, ...sealed });
    expect(elsewhere.statusCode).toBe(200);
  });
});

describe('a ciphertext that was no good, where the answer tells', () => {
  it('is charged to the network’s failures; one that was good, sent twice or under a retired key is not', async () => {
    const service = await startTestApp({ environment: { THROTTLE_FAILURES: '22' } });
    const { id } = await sealingKey(service);
    const { email, username, password } = aSealedPerson();
    const good = { email, username, ...(await seal(service, password)) };
    expect((await post(service, '/auth/register', good)).statusCode).toBe(201);
    const replay = { ...good, email: aSealedPerson().email, username: aSealedPerson().username };
    expect((await post(service, '/auth/register', replay)).statusCode).toBe(400);
    for (let guess = 0; guess < 25; guess += 1) expect((await registerJunk(service, id)).statusCode).toBe(400);
    const { id: other } = await sealingKey(service);
    expect(other).not.toBe(id);
    const answers = [
      await registerJunk(service, other),
      await registerJunk(service, other),
      await registerJunk(service, other),
    ];
    expect(answers.map((answer) => sealedProblemOf(answer).code)).toEqual([
      'invalid-encrypted-password',
      'invalid-encrypted-password',
      'too-many-requests',
    ]);
    await service.close();
  });

  it('is charged whoever’s device sends it: past the network’s failures the mail’s link is the way', async () => {
    const service = await startTestApp({ environment: { THROTTLE_FAILURES: '3' } });
    const { username } = aSealedPerson();
    const owner = { ...(await anAccount(service, { username })), username };
    const signedIn = await post(service, '/auth/login', { username, ...(await seal(service, owner.password)) });
    const device = { 'x-device-token': String(signedIn.headers['x-device-token']) };
    const { challage, code } = await forgetPassword(service, owner);
    const { uuid: oneTimeToken } = (await validateOtp(service, challage, code ?? '')).json<{ uuid: string }>();
    const { id } = await sealingKey(service);
    for (let guess = 0; guess < 3; guess += 1) await registerJunk(service, id);
    const reset = { oneTimeToken, ...(await seal(service, 'another password')) };
    expect((await post(service, '/auth/reset-password', reset)).statusCode).toBe(429);
    expect((await post(service, '/auth/reset-password', reset, device)).statusCode).toBe(429);
    const body = { ticket: await resetTicket(service, owner), new_password: 'another password' };
    expect((await post(service, '/auth/change-password/change', body)).statusCode).toBe(204);
    await service.close();
  });
});
