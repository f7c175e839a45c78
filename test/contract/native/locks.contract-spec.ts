import { anAccount, bearer, expectStatus, signIn, type Person, type Tokens } from '../../support/accounts';
import { startDescribedApp } from '../../support/described-app';
import { anOwner, BEHIND_PROXY, CAFE, DEN, device, entry, from, HOME, lockOut } from '../../support/lockout-way-back';
import { problemOf } from '../../support/problem';
import { enableTotp, freshCode, signInWithCode } from '../../support/second-factor';
import { startTestApp, type TestApp } from '../../support/test-app';

interface Lock {
  readonly id: string;
  readonly account: { readonly email: string | null };
}

const ROOT = 'root@example.com';
const FORBIDDEN = { status: 403, code: 'forbidden' };
const NOT_FOUND = { status: 404, code: 'not-found' };
const INVALID_TOKEN = { status: 401, code: 'invalid-token' };
const UNKNOWN_ID = '3f0b5a9e-5d53-4b8e-9a51-0d9f4c1d8f10';

let service: TestApp;
let root: Person;
let admin: Tokens;
beforeAll(async () => {
  service = await startDescribedApp({ environment: { ...BEHIND_PROXY, ADMIN_EMAILS: ROOT, LOCKOUT_DURATION: '12h' } });
  root = await anAccount(service, { email: ROOT });
});
beforeEach(async () => {
  admin = await signIn(service, root);
});
afterAll(() => service.close());

const list = async (tokens = admin) =>
  expectStatus(await service.get('/admin/locks', bearer(tokens)), 200).json<Lock[]>();
const lift = (id: string, headers: Record<string, string> = bearer(admin), body?: unknown) =>
  service.post(`/admin/locks/${id}/lift`, body, headers);
const lockOf = async ({ email }: Pick<Person, 'email'>) => {
  const found = (await list()).filter(({ account }) => account.email === email);
  expect(found).toHaveLength(1);
  return found[0]?.id ?? '';
};

describe('GET /admin/locks', () => {
  it('shows the locks of accounts that have not ended, with just these fields', async () => {
    const owner = await anOwner(service, { username: 'Lena' });
    const { uuid } = (await service.get('/user/me', bearer(owner.tokens))).json<{ uuid: string }>();
    const locked = service.clock.now();
    await lockOut(service, owner);
    service.clock.advanceSeconds(60);
    await lockOut(service, owner, from(CAFE, device(owner.tokens)));
    await lockOut(service, { email: 'nobody-has-this@example.com' });
    admin = await signIn(service, root);
    const answer = await service.get('/admin/locks', bearer(admin));
    expect([answer.statusCode, answer.headers['cache-control']]).toEqual([200, 'no-store']);
    expect(answer.body).not.toContain('nobody-has-this');
    const until = (from: Date) => new Date(from.getTime() + 12 * 3_600_000).toISOString();
    const account = { uuid, email: owner.email, username: 'Lena' };
    const common = { id: expect.any(String), account, factor: 'secret', failures: 10 };
    const now = service.clock.now();
    expect(answer.json()).toEqual([
      { ...common, standing: 'device', networks: [CAFE], locked: now.toISOString(), until: until(now) },
      { ...common, standing: 'stranger', networks: [DEN], locked: locked.toISOString(), until: until(locked) },
    ]);
    service.clock.advanceSeconds(12 * 3600);
    expect(await list(await signIn(service, root))).toEqual([]);
  });
});

describe('POST /admin/locks/:id/lift', () => {
  it('ends that lock for everybody, at once, and no other; it is written down with who did it', async () => {
    const owner = await anOwner(service);
    await lockOut(service, owner);
    const id = await lockOf(owner);
    await lockOut(service, owner, from(HOME));
    const answer = await lift(id, from('203.0.113.200', bearer(admin)));
    expect([answer.statusCode, answer.body]).toEqual([204, '']);
    expect(await entry(service, owner, from(DEN))).toBe(200);
    expect(await entry(service, owner, from(HOME))).toBe(429);
    const { uuid } = (await service.get('/user/me', bearer(admin))).json<{ uuid: string }>();
    const events = await service.database.dataSource.query<unknown[]>(
      `SELECT email, network, contract, facts FROM audit_events JOIN users ON users.id = user_id
       WHERE event = 'lock-lifted' AND email = $1`,
      [owner.email],
    );
    expect(events).toEqual([
      {
        email: owner.email,
        network: '203.0.113.200/32',
        contract: 'native',
        facts: { by: uuid, factor: 'secret' },
      },
    ]);
    expect(problemOf(await lift(id))).toEqual(NOT_FOUND);
  });

  it('what it has lifted begins anew: ten more are admitted', async () => {
    const owner = await anOwner(service);
    await lockOut(service, owner);
    expectStatus(await lift(await lockOf(owner)), 204);
    await lockOut(service, owner);
    expectStatus(await lift(await lockOf(owner)), 204);
  });

  it.each([
    ['unknown', UNKNOWN_ID],
    ['malformed', 'no-such-id'],
    ['odd', "%00'--"],
  ])('an id that is %s is 404', async (_what, id) => {
    expect(problemOf(await lift(id))).toEqual(NOT_FOUND);
  });

  it('a lock that has ended is 404', async () => {
    const owner = await anOwner(service);
    await lockOut(service, owner);
    const id = await lockOf(owner);
    service.clock.advanceSeconds(12 * 3600);
    expect(problemOf(await lift(id, bearer(await signIn(service, root))))).toEqual(NOT_FOUND);
  });

  it('takes no fields, and lifts nothing where one is sent', async () => {
    const owner = await anOwner(service);
    await lockOut(service, owner);
    const answer = await lift(await lockOf(owner), bearer(admin), { all: true });
    expect(problemOf(answer)).toEqual({ status: 400, code: 'validation', fields: ['all'] });
    expect(await entry(service, owner, from(DEN))).toBe(429);
    expectStatus(await lift(await lockOf(owner), bearer(admin), {}), 204);
  });
});

describe('who is no admin', () => {
  it('is forbidden, whether or not there is such a lock', async () => {
    const { tokens, ...owner } = await anOwner(service);
    await lockOut(service, owner);
    const id = await lockOf(owner);
    expect(problemOf(await service.get('/admin/locks', bearer(tokens)))).toEqual(FORBIDDEN);
    for (const each of [id, UNKNOWN_ID, 'no-such-id']) {
      expect(problemOf(await lift(each, bearer(tokens)))).toEqual(FORBIDDEN);
    }
    expect(await lockOf(owner)).toBe(id);
  });

  it('is not known without a token', async () => {
    expect(problemOf(await service.get('/admin/locks'))).toEqual(INVALID_TOKEN);
    expect(problemOf(await lift(UNKNOWN_ID, {}))).toEqual(INVALID_TOKEN);
  });

  it('is not known by a cookie from another site', async () => {
    const headers = { cookie: `sv_at=${admin.access}`, origin: 'https://evil.example.com' };
    expect(problemOf(await lift(UNKNOWN_ID, headers))).toEqual({ status: 403, code: 'cross-site' });
  });

  it.each([
    ['the role is taken away', `roles = '{}'`, `roles = '{admin}'`, ['forbidden', 'forbidden']],
    ['the account is disabled', `disabled_at = now()`, `disabled_at = NULL`, ['forbidden', 'session-ended']],
    ['its address is unproved', `email_verified_at = NULL`, `email_verified_at = now()`, ['forbidden', 'forbidden']],
  ])('is so at once when %s, whatever the token says', async (_what, taken, given, codes) => {
    const owner = await anOwner(service);
    await lockOut(service, owner);
    const id = await lockOf(owner);
    const set = (change: string) =>
      service.database.dataSource.query(`UPDATE users SET ${change} WHERE email = $1`, [ROOT]);
    await set(taken);
    try {
      const answers = [await service.get('/admin/locks', bearer(admin)), await lift(id)];
      expect(answers.map((answer) => problemOf(answer).code)).toEqual(codes);
    } finally {
      await set(given);
    }
    expectStatus(await lift(id), 204);
  });
});

it('with PROFILE=hardened a session that passed no second factor is none of an admin', async () => {
  const strict = await startTestApp({ environment: { PROFILE: 'hardened', ADMIN_EMAILS: ROOT } });
  const person = await anAccount(strict, { email: ROOT, password: 'seventeen purple giraffes' });
  const before = await signIn(strict, person);
  const secret = await enableTotp(strict, before);
  for (const answer of [
    await strict.get('/admin/locks', bearer(before)),
    await strict.post(`/admin/locks/${UNKNOWN_ID}/lift`, undefined, bearer(before)),
  ]) {
    expect(problemOf(answer)).toEqual(FORBIDDEN);
  }
  const after = await signInWithCode(strict, person, await freshCode(strict, secret));
  expectStatus(await strict.get('/admin/locks', bearer(after)), 200);
  expect(problemOf(await strict.post(`/admin/locks/${UNKNOWN_ID}/lift`, undefined, bearer(after)))).toEqual(NOT_FOUND);
  await strict.close();
});
