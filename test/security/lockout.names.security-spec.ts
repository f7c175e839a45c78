import { anAccount, aPerson, bearer, expectStatus, logIn, newestTicket, register, signIn } from '../support/accounts';
import { Jobs } from '../../src/platform/jobs/jobs.service';
import { startTestApp, type TestApp } from '../support/test-app';

let service: TestApp;
beforeAll(async () => {
  service = await startTestApp({ environment: { TRUST_PROXY: '1', ADMIN_EMAILS: 'admin@example.com' } });
});
afterAll(() => service.close());

const from = (ip: string) => ({ 'x-forwarded-for': ip });
const [DEN, HOME, TRAIN] = ['198.51.100.66', '192.0.2.10', '203.0.113.5'];

async function lockOut(body: object): Promise<void> {
  for (let guess = 0; guess < 10; guess += 1) {
    expectStatus(await service.post('/auth/login', { ...body, password: 'a wrong one' }, from(DEN)), 401);
  }
}

async function lockMails(email: string): Promise<number> {
  await service.app.get(Jobs, { strict: false }).runNow('tell-of-locks');
  return (await service.mailsTo(email)).filter(({ subject }) => /^Too many wrong passwords/.test(subject)).length;
}

describe('a name that is locked before it is anybody’s', () => {
  it('is its owner’s as soon as he activates: he is in, and told', async () => {
    const owner = aPerson();
    await lockOut({ email: owner.email });
    await register(service, owner);
    const ticket = await newestTicket(service, owner, 'activate');
    expectStatus(await service.post('/auth/activate', { ticket }, from(HOME)), 204);
    expectStatus(await logIn(service, owner, from(HOME)), 200);
    expectStatus(await logIn(service, owner, from(TRAIN)), 429);
    expect(await lockMails(owner.email)).toBe(1);
  });

  it('as a username chosen later is told to its owner too, and shown to admins under it', async () => {
    const admin = await anAccount(service, { email: 'admin@example.com' });
    const owner = await anAccount(service);
    await lockOut({ username: 'wanted-by-all' });
    const { access } = await signIn(service, owner);
    const rename = {
      method: 'PATCH',
      url: '/user/me',
      headers: bearer({ access }),
      payload: { username: 'wanted-by-all' },
    };
    expectStatus(await service.inject(rename as Parameters<TestApp['inject']>[0]), 200);
    expect(await lockMails(owner.email)).toBe(1);
    const locks = (await service.get('/admin/locks', bearer(await signIn(service, admin)))).json<
      { account: { email: string } }[]
    >();
    expect(locks.filter(({ account }) => account.email === owner.email)).toHaveLength(1);
  });

  it('is nobody’s again once it is given up', async () => {
    const owner = await anAccount(service, { username: 'given-up' });
    await lockOut({ username: 'given-up' });
    const { access } = await signIn(service, owner);
    expectStatus(await service.post('/auth/delete', undefined, bearer({ access })), 204);
    const rows = await service.database.dataSource.query<unknown[]>(
      'SELECT 1 FROM locks WHERE user_id IS NOT NULL AND user_id NOT IN (SELECT id FROM users)',
    );
    expect(rows).toEqual([]);
  });
});
