import { anAccount, bearer, newestTicket, resetTicket, signIn, type Person } from '../../support/accounts';
import { startDescribedApp } from '../../support/described-app';
import { aSealedPerson, forgetPassword, seal, sealedLogin, sealedRegister, validateOtp } from '../../support/sealed';
import type { TestApp } from '../../support/test-app';

let service: TestApp;
beforeAll(async () => {
  service = await startDescribedApp();
});
afterAll(() => service.close());

/** Of mails of one instant it is not said which is the newest. */
const codeMail = async (app: TestApp, { email }: { readonly email: string }) =>
  (await app.mailsTo(email)).find(({ subject }) => subject.includes('code to choose'));

const CHOSEN = 'a password of the owner';

it.each([
  ['forgotten-by-its-owner', 'forgotten-by-its-owner', ''],
  ['ann.example/login', 'ann·example·login', '. /'],
])('the mail names the username, and is no link: %s', async (username, shown, dots) => {
  const { email } = aSealedPerson();
  expect((await sealedRegister(service, aSealedPerson({ email, username }))).statusCode).toBe(201);
  await forgetPassword(service, { email });
  const mail = await codeMail(service, { email });
  for (const body of [mail?.text, mail?.html]) {
    expect(body).toContain(shown);
    expect(body?.includes('stands for')).toBe(dots !== '');
    if (dots !== '') expect(body).not.toContain(username);
  }
  if (dots !== '') expect(mail?.text).toMatch(/stands for:? +\. \/$/m);
});

it('the mail of an account without a username names none', async () => {
  const owner = await anAccount(service);
  await forgetPassword(service, owner);
  expect((await codeMail(service, owner))?.text).not.toMatch(/username/i);
});

it('the link of the mail lives thirty minutes', async () => {
  const owner = await anAccount(service);
  await forgetPassword(service, owner);
  const ticket = await newestTicket(service, owner, 'reset-password');
  const late = await anAccount(service);
  await forgetPassword(service, late);
  const lateTicket = await newestTicket(service, late, 'reset-password');
  service.clock.advanceSeconds(1799);
  const change = (secret: string) =>
    service.post('/auth/change-password/change', { ticket: secret, new_password: CHOSEN });
  expect((await change(ticket)).statusCode).toBe(204);
  service.clock.advanceSeconds(1);
  expect((await change(lateTicket)).statusCode).toBe(401);
});

describe('with REQUIRE_VERIFIED_EMAIL=true a registration that waits', () => {
  let strict: TestApp;
  beforeAll(async () => {
    strict = await startDescribedApp({ environment: { REQUIRE_VERIFIED_EMAIL: 'true' } });
  });
  afterAll(() => strict.close());

  const byCode = async ({ email }: Person) => {
    const { challage, code } = await forgetPassword(strict, { email });
    const { uuid } = (await validateOtp(strict, challage, code ?? '')).json<{ uuid: string }>();
    return strict.post('/auth/reset-password', { oneTimeToken: uuid, ...(await seal(strict, CHOSEN)) });
  };
  const byLink = async (person: Person) => {
    const ticket = await resetTicket(strict, person);
    return strict.post('/auth/change-password/change', { ticket, new_password: CHOSEN });
  };

  it.each([
    ['a code', byCode],
    ['a link to choose a password', byLink],
  ])('keeps the newest username that was asked for, by %s', async (_what, choose) => {
    const former = aSealedPerson();
    const person = aSealedPerson({ email: former.email });
    await sealedRegister(strict, former);
    strict.clock.advanceSeconds(1);
    expect((await sealedRegister(strict, person)).statusCode).toBe(403);
    expect((await choose(person)).statusCode).toBeLessThan(300);
    expect((await sealedLogin(strict, { username: person.username, password: CHOSEN })).statusCode).toBe(200);
  });

  it('is told its username by the mail, and goes without where another has it by now', async () => {
    const person = aSealedPerson();
    await sealedRegister(strict, person);
    await forgetPassword(strict, person);
    expect((await codeMail(strict, person))?.text).toContain(person.username);
    await anAccount(strict, { username: person.username });
    expect((await byCode(person)).statusCode).toBe(200);
    const tokens = await signIn(strict, { email: person.email, password: CHOSEN });
    expect((await strict.get('/user/me', bearer(tokens))).json()).toMatchObject({ username: null });
  });
});
