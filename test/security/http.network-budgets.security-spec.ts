import { startTestApp, type TestApp } from '../support/test-app';

type Response = Awaited<ReturnType<TestApp['inject']>>;

const ACCOUNT = { email: 'ada@example.org', password: 'correct horse battery staple' };
const OTHERS_PASSWORD = 'wrong horse battery staple';

let service: TestApp;
afterEach(() => service.close());

async function serviceWith(environment: Record<string, string>): Promise<void> {
  service = await startTestApp({ environment: { AUTO_ACTIVATE: 'true', ...environment } });
  await service.post('/auth/register', ACCOUNT);
}

function signIn(remoteAddress: string, password: string, headers: Record<string, string> = {}): Promise<Response> {
  const payload = { email: ACCOUNT.email, password, cookie: false };
  return service.inject({ method: 'POST', url: '/auth/login', remoteAddress, payload, headers });
}

const statuses = (responses: readonly Response[]) => responses.map(({ statusCode }) => statusCode);
const times = <T>(count: number, make: (index: number) => T): T[] => Array.from({ length: count }, (_, i) => make(i));

describe('requests a minute', () => {
  it('are exactly the limit, however many come at once', async () => {
    await serviceWith({ THROTTLE_LIMIT: '5' });
    const answers = statuses(await Promise.all(times(20, () => signIn('192.0.2.1', ACCOUNT.password))));
    expect([answers.filter((status) => status === 200), answers.filter((status) => status === 429)]).toEqual([
      Array(5).fill(200),
      Array(15).fill(429),
    ]);
  });

  it('are told in the fields of the draft, and only there', async () => {
    await serviceWith({ THROTTLE_LIMIT: '2' });
    const [first, , third] = [
      await signIn('192.0.2.1', ACCOUNT.password),
      await signIn('192.0.2.1', ACCOUNT.password),
      await signIn('192.0.2.1', ACCOUNT.password),
    ];
    expect(first.headers).toMatchObject({ 'ratelimit-policy': '"network";q=2;w=60', ratelimit: '"network";r=1;t=60' });
    expect(first.headers['retry-after']).toBeUndefined();
    expect(third.headers).toMatchObject({ ratelimit: '"network";r=0;t=60', 'retry-after': '60' });
    expect(third.json()).toMatchObject({ status: 429, code: 'too-many-requests' });
    expect(Object.keys(third.headers).filter((name) => name.startsWith('x-ratelimit'))).toEqual([]);
    service.clock.advanceSeconds(60);
    expect((await signIn('192.0.2.1', ACCOUNT.password)).statusCode).toBe(200);
  });

  it('are each network’s and each route’s own', async () => {
    await serviceWith({ THROTTLE_LIMIT: '1' });
    await signIn('192.0.2.1', ACCOUNT.password);
    expect((await signIn('192.0.2.1', ACCOUNT.password)).statusCode).toBe(429);
    expect((await signIn('192.0.2.2', ACCOUNT.password)).statusCode).toBe(200);
    const reset = { method: 'POST', url: '/auth/change-password/request', payload: { email: ACCOUNT.email } } as const;
    expect((await service.inject({ ...reset, remoteAddress: '192.0.2.1' })).statusCode).toBe(204);
  });

  it('cannot be had anew by naming another address or writing the path otherwise', async () => {
    await serviceWith({ THROTTLE_LIMIT: '1' });
    await signIn('192.0.2.1', ACCOUNT.password);
    const headers = { 'x-forwarded-for': '203.0.113.1', forwarded: 'for=203.0.113.1', 'x-real-ip': '203.0.113.1' };
    expect((await signIn('192.0.2.1', ACCOUNT.password, headers)).statusCode).toBe(429);
    expect((await signIn('::ffff:192.0.2.1', ACCOUNT.password)).statusCode).toBe(429);
    const again = await service.inject({
      method: 'POST',
      url: '/auth/login/?a=b',
      remoteAddress: '192.0.2.1',
      payload: {},
    });
    expect(again.statusCode).toBe(429);
  });

  it('count an IPv6 /64 as one, and its /56 and /48 ten times as much', async () => {
    await serviceWith({ THROTTLE_LIMIT: '1' });
    const first = await signIn('2001:db8:0:100::1', ACCOUNT.password);
    expect(first.headers['ratelimit-policy']).toBe('"network";q=1;w=60, "prefix-56";q=10;w=60, "prefix-48";q=10;w=60');
    expect((await signIn('2001:db8:0:100:ffff::1', ACCOUNT.password)).statusCode).toBe(429);
    // nine more /64 of the same /56, then the tenth finds it spent
    const within = await Promise.all(times(9, (i) => signIn(`2001:db8:0:10${i + 1}::1`, ACCOUNT.password)));
    expect(new Set(statuses(within))).toEqual(new Set([200]));
    expect((await signIn('2001:db8:0:10a::1', ACCOUNT.password)).statusCode).toBe(429);
    // another /56 of the same /48 is refused by the /48, a further /48 by nothing
    expect((await signIn('2001:db8:0:200::1', ACCOUNT.password)).statusCode).toBe(429);
    expect((await signIn('2001:db8:1:200::1', ACCOUNT.password)).statusCode).toBe(200);
  });

  it('are not counted where only failures are charged and nothing failed', async () => {
    await serviceWith({ THROTTLE_LIMIT: '2' });
    const signedIn = await signIn('192.0.2.1', ACCOUNT.password);
    let token = signedIn.json<{ refresh_token: string }>().refresh_token;
    const refresh = (refresh_token: string) =>
      service.inject({ method: 'POST', url: '/auth/token/refresh', payload: { refresh_token } });
    for (const _ of times(5, () => null)) {
      const response = await refresh(token);
      expect(response.statusCode).toBe(200);
      token = response.json<{ refresh_token: string }>().refresh_token;
    }
    expect(statuses([await refresh('x'), await refresh('x'), await refresh(token)])).toEqual([401, 401, 429]);
  });

  it('have no end when the limit is 0, and health has none ever', async () => {
    await serviceWith({ THROTTLE_LIMIT: '0' });
    const answers = await Promise.all(times(10, () => signIn('192.0.2.1', ACCOUNT.password)));
    expect(new Set(statuses(answers))).toEqual(new Set([200]));
    expect(answers[0]?.headers['ratelimit']).toBeUndefined();
    expect((await service.get('/healthz')).headers['ratelimit-policy']).toBeUndefined();
  });
});

describe('failed proofs in ten minutes', () => {
  it('are exactly the budget, over all accounts, however many come at once', async () => {
    await serviceWith({ THROTTLE_FAILURES: '10' });
    const guesses = times(40, (i) =>
      service.inject({
        method: 'POST',
        url: '/auth/login',
        payload: { email: i % 2 ? ACCOUNT.email : `nobody-${i}@example.org`, password: OTHERS_PASSWORD },
      }),
    );
    const answers = statuses(await Promise.all(guesses));
    expect(answers.filter((status) => status === 401)).toHaveLength(10);
    expect(answers.filter((status) => status === 429)).toHaveLength(30);
    service.clock.advanceSeconds(599);
    expect((await signIn('127.0.0.1', ACCOUNT.password)).statusCode).toBe(429);
    service.clock.advanceSeconds(1);
    expect((await signIn('127.0.0.1', ACCOUNT.password)).statusCode).toBe(200);
  });

  it('are not used up by who signs in', async () => {
    await serviceWith({ THROTTLE_FAILURES: '2' });
    for (const _ of times(6, () => null)) expect((await signIn('127.0.0.1', ACCOUNT.password)).statusCode).toBe(200);
  });

  it('leave known devices alone, also in a network whose budget is spent', async () => {
    await serviceWith({ THROTTLE_FAILURES: '2' });
    const { device_token } = (await signIn('127.0.0.1', ACCOUNT.password)).json<{ device_token: string }>();
    for (const _ of times(2, () => null)) await signIn('127.0.0.1', OTHERS_PASSWORD);
    expect((await signIn('127.0.0.1', ACCOUNT.password)).statusCode).toBe(429);
    const known = { 'x-device-token': device_token };
    expect((await signIn('127.0.0.1', ACCOUNT.password, known)).statusCode).toBe(200);
  });

  it('say when to come back', async () => {
    await serviceWith({ THROTTLE_FAILURES: '1' });
    await signIn('127.0.0.1', OTHERS_PASSWORD);
    service.clock.advanceSeconds(100);
    const refused = await signIn('127.0.0.1', ACCOUNT.password);
    expect([refused.headers['retry-after'], refused.json<{ code: string }>().code]).toEqual([
      '500',
      'too-many-requests',
    ]);
  });
});
