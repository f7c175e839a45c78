import type { Response } from 'light-my-request';
import { startTestApp, type TestApp } from '../support/test-app';
import { anIdentifier, aVaultPerson, cookieHeader, enrol, mailedCode, patch, type VaultPerson } from '../support/vault';

let service: TestApp;
beforeAll(async () => {
  service = await startTestApp();
});
afterAll(() => service.close());

type Cookies = Record<string, string>;

/** What a page answers with whose form cannot be served; the form comes again. */
const REFUSED = 400;
const OURS = { origin: 'http://localhost:3000' };

/** Of every mail to a person that has one, the newest first. */
async function mailedLinks({ email }: Pick<VaultPerson, 'email'>): Promise<string[]> {
  const mails = await service.mailsTo(email);
  return mails.flatMap(({ text }) => {
    const secret = /\/enrol\?token=(\S+)/.exec(text)?.[1];
    return secret === undefined ? [] : [decodeURIComponent(secret)];
  });
}

async function mailedLink(person: VaultPerson): Promise<string> {
  const [link = ''] = await mailedLinks(person);
  expect(link).not.toBe('');
  return link;
}

/** What the page's button does. */
function press(token: string, cookies: Cookies, headers: Record<string, string> = OURS): Promise<Response> {
  return service.inject({
    method: 'POST',
    url: '/enrol',
    headers: { ...headers, ...cookieHeader(cookies), 'content-type': 'application/x-www-form-urlencoded' },
    payload: new URLSearchParams({ token }).toString(),
  });
}

const finish = async (cookies: Cookies) =>
  (await patch(service, '/api/auth/verif/identifier', anIdentifier(), cookies)).statusCode;

it('the link proves the mailbox in the browser that began the enrolment', async () => {
  const person = aVaultPerson();
  const cookies = await enrol(service, person);
  const answer = await press(await mailedLink(person), cookies);
  expect([answer.statusCode, answer.headers['content-type']]).toEqual([200, 'text/html; charset=utf-8']);
  expect(answer.body).toContain('Your address is confirmed');
  expect(await finish(cookies)).toBe(200);
});

it('opening it spends nothing: not by GET, not by HEAD, not with the cookie', async () => {
  const person = aVaultPerson();
  const cookies = await enrol(service, person);
  const link = await mailedLink(person);
  for (const method of ['GET', 'HEAD'] as const) {
    for (const headers of [{}, cookieHeader(cookies)]) {
      const url = `/enrol?token=${encodeURIComponent(link)}`;
      const answer = await service.inject({ method, url, headers });
      expect([method, answer.statusCode]).toEqual([method, 200]);
      expect(answer.headers['set-cookie']).toBeUndefined();
    }
  }
  expect(await finish(cookies)).toBe(403);
  expect((await press(link, cookies)).statusCode).toBe(200);
});

it('it is used once', async () => {
  const person = aVaultPerson();
  const cookies = await enrol(service, person);
  const link = await mailedLink(person);
  expect((await press(link, cookies)).statusCode).toBe(200);
  expect((await press(link, cookies)).statusCode).toBe(REFUSED);
  expect(await finish(cookies)).toBe(200);
  expect((await press(link, cookies)).statusCode).toBe(REFUSED);
});

it('it lives ten minutes', async () => {
  const person = aVaultPerson();
  const cookies = await enrol(service, person);
  const link = await mailedLink(person);
  service.clock.advanceSeconds(600);
  expect((await press(link, cookies)).statusCode).toBe(REFUSED);
  expect(await finish(cookies)).toBe(403);
});

it('the mailbox’s owner proves nothing to a stranger by pressing the button of his mail', async () => {
  const owner = aVaultPerson();
  const strangers = await enrol(service, owner);
  const link = await mailedLink(owner);
  const own = await enrol(service, { ...owner, username: `${owner.username}-own` });
  const bystander = await enrol(service, aVaultPerson());
  for (const cookies of [{}, own, bystander, { sv_at: 'x' }, { sv_rt: strangers['sv_at'] ?? '' }]) {
    const answer = await press(link, cookies);
    expect(answer.statusCode).toBe(REFUSED);
    expect(answer.body).not.toContain('Your address is confirmed');
  }
  expect(await finish(strangers)).toBe(403);
  expect(await finish(own)).toBe(403);
});

it('of the links of two enrolments of one address each proves its own, and the other is void then', async () => {
  const owner = aVaultPerson();
  const strangers = await enrol(service, owner);
  service.clock.advanceSeconds(1);
  const own = await enrol(service, { ...owner, username: `${owner.username}-own` });
  const [ownLink = '', strangersLink = ''] = await mailedLinks(owner);
  expect((await press(strangersLink, own)).statusCode).toBe(REFUSED);
  expect((await press(ownLink, own)).statusCode).toBe(200);
  expect((await press(strangersLink, strangers)).statusCode).toBe(REFUSED);
  expect(await finish(strangers)).toBe(403);
  expect(await finish(own)).toBe(200);
});

it('another site cannot press the button', async () => {
  const person = aVaultPerson();
  const cookies = await enrol(service, person);
  const link = await mailedLink(person);
  for (const headers of [
    { origin: 'https://evil.example.com' },
    { origin: 'null' },
    { 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'same-site' },
  ] as Record<string, string>[]) {
    expect((await press(link, cookies, headers)).statusCode).toBe(403);
  }
  expect(await finish(cookies)).toBe(403);
  expect((await press(link, cookies)).statusCode).toBe(200);
});

it('the link’s secret is taken in place of the code too, once, but no code in place of the link', async () => {
  const person = aVaultPerson();
  const cookies = await enrol(service, person);
  const [link, otpCode] = [await mailedLink(person), await mailedCode(service, person)];
  expect((await press(otpCode, cookies)).statusCode).toBe(REFUSED);
  expect((await patch(service, '/api/auth/verif/otp', { otpCode: link }, cookies)).statusCode).toBe(200);
  expect((await patch(service, '/api/auth/verif/otp', { otpCode: link }, cookies)).statusCode).toBe(401);
  expect((await press(link, cookies)).statusCode).toBe(REFUSED);
  expect(await finish(cookies)).toBe(200);
});

it('it is no ticket of anything else', async () => {
  const person = aVaultPerson();
  const cookies = await enrol(service, person);
  const ticket = await mailedLink(person);
  const answers = [
    await service.post('/auth/activate', { ticket }),
    await service.post('/auth/change-password/change', { ticket, new_password: 'a stranger’s password' }),
    await service.post('/auth/mfa/totp', { ticket, code: '123456' }),
    await service.post('/api/auth/unlock-account', { token: ticket }),
  ];
  expect(answers.map(({ statusCode }) => statusCode)).toEqual([401, 401, 401, 401]);
  expect((await press(ticket, cookies)).statusCode).toBe(200);
});

it('an address in use gets no such link, whoever enrols', async () => {
  const person = aVaultPerson();
  const cookies = await enrol(service, person);
  await press(await mailedLink(person), cookies);
  expect(await finish(cookies)).toBe(200);
  service.clock.advanceSeconds(3600);
  const before = await mailedLinks(person);
  const strangers = await enrol(service, { ...person, username: `${person.username}-own` });
  expect(await mailedLinks(person)).toEqual(before);
  expect((await press(before[0] ?? '', strangers)).statusCode).toBe(REFUSED);
});
