import { anAccount, expectStatus } from '../support/accounts';
import { aClaimsPerson, claimsRegister } from '../support/claims';
import { startTestApp } from '../support/test-app';

it('resets that name a wrong username use up nobody’s mails', async () => {
  const service = await startTestApp();
  const { email } = await anAccount(service);
  for (let times = 0; times < 10; times += 1) {
    expectStatus(await service.post('/api/v1/password-reset', { email, username: 'not-the-name' }), 200);
  }
  const before = (await service.mailsTo(email)).length;
  expectStatus(await service.post('/auth/change-password/request', { email }), 204);
  expect(await service.mailsTo(email)).toHaveLength(before + 1);
  await service.close();
});

it('registrations that wait leave one row a network that a sign-in is told by, however many there are', async () => {
  const service = await startTestApp({ environment: { REQUIRE_VERIFIED_EMAIL: 'true', TRUST_PROXY: '1' } });
  const { email, password } = aClaimsPerson();
  const passwords = Array.from({ length: 10 }, (_, index) => `${password} ${String(index)}`);
  for (const [index, each] of passwords.entries()) {
    await claimsRegister(service, { email, password: each, username: `name-${String(index)}` });
  }
  const sql = `SELECT 1 FROM tickets WHERE subject = $1 AND purpose = 'awaited-proof'`;
  expect(await service.database.dataSource.query<unknown[]>(sql, [email])).toHaveLength(1);
  const login = (given: string | undefined) => service.post('/api/v1/login', { email, password: given });
  expect((await login(passwords.at(-1))).statusCode).toBe(403);
  expect((await login(passwords[0])).statusCode).toBe(401);
  await service.close();
});
