import { anAccount, expectStatus } from '../../support/accounts';
import { startTestApp, type TestApp } from '../../support/test-app';
import {
  anIdentifier,
  aVault,
  aVaultPerson,
  cookieHeader,
  cookiesOf,
  enrol,
  enrolAndProve,
  mailedCode,
  patch,
  vaultLogin,
} from '../../support/vault';

let service: TestApp;
beforeAll(async () => {
  service = await startTestApp();
});
afterAll(() => service.close());

const DAY_SECONDS = 86_400;

it('enrols as the document prints it', async () => {
  const { username, email } = aVaultPerson();
  const begun = await service.post('/api/auth/', { username, email });
  expect([begun.statusCode, begun.json()]).toEqual([200, { data: { username, email }, message: 'created' }]);
  expect(begun.headers['set-cookie']).toMatch(/^sv_at=[\w.-]+; Max-Age=86400; Path=\/; HttpOnly; SameSite=Lax$/);
  const otpCode = await mailedCode(service, { email });
  const proved = await patch(service, '/api/auth/verif/otp', { otpCode }, cookiesOf(begun));
  expect([proved.statusCode, proved.json()]).toEqual([200, { data: null, message: 'Verified Otp success!' }]);
  const done = await patch(service, '/api/auth/verif/identifier', anIdentifier(), cookiesOf(begun));
  expect([done.statusCode, done.json()]).toEqual([200, { data: null, message: 'User identifier updated' }]);
  expect(Object.keys(cookiesOf(done)).sort()).toEqual(['device', 'sv_at', 'sv_rt']);
  const me = await service.get('/api/auth/me', cookieHeader(cookiesOf(done)));
  expect(me.json()).toMatchObject({ data: { username, email }, message: 'User retrieved successfully' });
});

it('takes the code under its other spelling too', async () => {
  const person = aVaultPerson();
  const cookies = await enrol(service, person);
  const otp_code = await mailedCode(service, person);
  expectStatus(await patch(service, '/api/auth/verif/otp', { otp_code }, cookies), 200);
});

it('mails the code with a link, and nothing of the vault', async () => {
  const person = aVaultPerson();
  await enrol(service, person);
  const [mail] = await service.mailsTo(person.email);
  expect(mail?.subject).toMatch(/^Your code for /);
  expect(mail?.text).toMatch(/^http:\/\/localhost:3000\/enrol\?token=\S+$/m);
});

describe('the code', () => {
  it('opens one enrolment, once', async () => {
    const person = aVaultPerson();
    const cookies = await enrol(service, person);
    const otpCode = await mailedCode(service, person);
    const other = await enrol(service, aVaultPerson());
    const answers = [
      await patch(service, '/api/auth/verif/otp', { otpCode }, other),
      await patch(service, '/api/auth/verif/otp', { otpCode }, cookies),
      await patch(service, '/api/auth/verif/otp', { otpCode }, cookies),
    ];
    expect(answers.map(({ statusCode }) => statusCode)).toEqual([401, 200, 401]);
    expect(answers[0]?.json()).toEqual({ error: { message: expect.any(String), code: 'invalid-code' } });
  });

  it('lives ten minutes', async () => {
    const person = aVaultPerson();
    const cookies = await enrol(service, person);
    const otpCode = await mailedCode(service, person);
    service.clock.advanceSeconds(600);
    expectStatus(await patch(service, '/api/auth/verif/otp', { otpCode }, cookies), 401);
  });

  it('dies at the fifth wrong try; another can be asked for', async () => {
    const person = aVaultPerson();
    const cookies = await enrol(service, person);
    const otpCode = await mailedCode(service, person);
    const wrong = otpCode === '000000' ? '000001' : '000000';
    for (let time = 0; time < 5; time += 1) {
      expectStatus(await patch(service, '/api/auth/verif/otp', { otpCode: wrong }, cookies), 401);
    }
    expectStatus(await patch(service, '/api/auth/verif/otp', { otpCode }, cookies), 401);
    service.clock.advanceSeconds(60);
    const resent = await patch(service, '/api/auth/verif/otp/resend', undefined, cookies);
    expect([resent.statusCode, resent.json()]).toEqual([200, { data: null, message: 'Otp sent!' }]);
    const fresh = await mailedCode(service, person);
    expectStatus(await patch(service, '/api/auth/verif/otp', { otpCode: fresh }, cookies), 200);
  });

  it('is mailed at most once a minute and five times an hour, whatever is asked for', async () => {
    const person = aVaultPerson();
    const cookies = await enrol(service, person);
    for (let second = 0; second < 3600 - 60; second += 30) {
      service.clock.advanceSeconds(30);
      expectStatus(await patch(service, '/api/auth/verif/otp/resend', undefined, cookies), 200);
      await service.mailsTo(person.email);
    }
    expect(await service.mailsTo(person.email)).toHaveLength(4); // strangers’ share of the five
  });
});

describe('the last step', () => {
  it('waits for the proof of the mailbox', async () => {
    const cookies = await enrol(service, aVaultPerson());
    const answer = await patch(service, '/api/auth/verif/identifier', anIdentifier(), cookies);
    expect([answer.statusCode, answer.json<{ error: { code: string } }>().error.code]).toEqual([403, 'not-activated']);
  });

  it('comes once', async () => {
    const cookies = await enrolAndProve(service, aVaultPerson());
    expectStatus(await patch(service, '/api/auth/verif/identifier', anIdentifier(), cookies), 200);
    expectStatus(await patch(service, '/api/auth/verif/identifier', anIdentifier(), cookies), 403);
  });

  it('comes within a day', async () => {
    const cookies = await enrolAndProve(service, aVaultPerson());
    service.clock.advanceSeconds(DAY_SECONDS);
    const answer = await patch(service, '/api/auth/verif/identifier', anIdentifier(), cookies);
    expect([answer.statusCode, answer.json<{ error: { code: string } }>().error.code]).toEqual([401, 'invalid-token']);
  });

  it.each(['encryptedDek', 'salt', 'nonce', 'argon2Params', 'authVerifier'])(
    'needs %s, of 1 to 4096 bytes',
    async (field) => {
      const cookies = await enrolAndProve(service, aVaultPerson());
      for (const value of [undefined, null, '', 7, 'x'.repeat(4097), 'ü'.repeat(2049), 'a\0b', '\ud800']) {
        const body = { ...anIdentifier(), [field]: value };
        const answer = await patch(service, '/api/auth/verif/identifier', body, cookies);
        const { error } = answer.json<{ error: { code: string; details: { fields: { field: string }[] } } }>();
        expect([answer.statusCode, error.code, error.details.fields.map((each) => each.field)]).toEqual([
          400,
          'validation',
          [field],
        ]);
      }
      const longest = { ...anIdentifier(), [field]: 'x'.repeat(4096) };
      expectStatus(await patch(service, '/api/auth/verif/identifier', longest, cookies), 200);
    },
  );
});

describe('the enrolment token', () => {
  it('is good for the three steps and for nothing else', async () => {
    const cookies = await enrolAndProve(service, aVaultPerson());
    for (const url of ['/api/auth/me', '/api/auth/identifier', '/user/me', '/auth/sessions']) {
      expectStatus(await service.get(url, cookieHeader(cookies)), 401);
    }
    expectStatus(
      await service.post('/api/auth/refresh', undefined, { cookie: `sv_rt=${cookies['sv_at'] ?? ''}` }),
      401,
    );
  });

  it('is no access token, nor the other way round', async () => {
    const { cookies } = await aVault(service);
    const asEnrolment = { sv_at: cookies['sv_rt'] ?? '' };
    expectStatus(await patch(service, '/api/auth/verif/otp', { otpCode: '123456' }, asEnrolment), 401);
    expectStatus(await patch(service, '/api/auth/verif/otp', { otpCode: '123456' }, cookies), 401);
    expectStatus(await patch(service, '/api/auth/verif/otp', { otpCode: '123456' }, {}), 401);
  });
});

it('a username of a live account is refused, whatever its case', async () => {
  const { person } = await aVault(service);
  const { email } = aVaultPerson();
  const answer = await service.post('/api/auth', { username: person.username.toUpperCase(), email });
  expect([answer.statusCode, answer.json<{ error: { code: string } }>().error.code]).toEqual([409, 'username-taken']);
});

it('an address in use gets the same answers, and its owner a mail instead of the code', async () => {
  const owner = await anAccount(service);
  const [known, unknown] = [{ ...aVaultPerson(), email: owner.email }, aVaultPerson()];
  const begun = [await enrol(service, known), await enrol(service, unknown)];
  const [mail] = await service.mailsTo(owner.email);
  expect(mail?.subject).toMatch(/^You already have an account/);
  for (const [url, body] of [
    ['/api/auth/verif/otp', { otpCode: '123456' }],
    ['/api/auth/verif/otp/resend', undefined],
    ['/api/auth/verif/identifier', anIdentifier()],
  ] as const) {
    const [ofKnown, ofUnknown] = [
      await patch(service, url, body, begun[0] ?? {}),
      await patch(service, url, body, begun[1] ?? {}),
    ];
    expect([ofKnown.statusCode, ofKnown.body]).toEqual([ofUnknown.statusCode, ofUnknown.body]);
  }
});

it('signs in afterwards by address and verifier', async () => {
  const { person, identifier } = await aVault(service);
  const answer = await vaultLogin(service, person, identifier.authVerifier);
  const { username, email } = person;
  expect(answer.json()).toEqual({ data: { id: expect.any(String), username, email }, message: 'Login success' });
  expect(Object.keys(cookiesOf(answer)).sort()).toEqual(['device', 'sv_at', 'sv_rt']);
});
