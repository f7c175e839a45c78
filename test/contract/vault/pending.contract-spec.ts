import { aPerson, expectStatus, logIn, newestTicket, signIn } from '../../support/accounts';
import { startTestApp, type TestApp } from '../../support/test-app';
import { anIdentifier, aVaultPerson, enrol, enrolAndProve, mailedCode, patch } from '../../support/vault';

let service: TestApp;
beforeAll(async () => {
  service = await startTestApp();
});
afterAll(() => service.close());

const ASKED = ['/auth/activate/request', '/auth/change-password/request'] as const;

async function mailsAfter(email: string, url: string): Promise<string[]> {
  const before = await service.mailsTo(email);
  expectStatus(await service.post(url, { email }), 204);
  const mails = await service.mailsTo(email);
  return mails.slice(0, mails.length - before.length).map(({ text }) => text);
}

describe.each(ASKED)('an enrolment is a pending registration: POST %s', (url) => {
  it.each([
    ['begun', enrol],
    ['proved', enrolAndProve],
  ])('mails a link to choose a password where one is %s, and nothing of the enrolment', async (_what, begin) => {
    const person = aVaultPerson();
    await begin(service, person);
    service.clock.advanceSeconds(1);
    const mails = await mailsAfter(person.email, url);
    expect(mails).toEqual([expect.stringMatching(/\/reset-password\?token=\S+/)]);
    expect(mails[0]).not.toMatch(/^\d{6}$|\/enrol\?|\/activate\?/m);
  });

  it('the link makes the account as its mailbox’s owner wants it, and the enrolment leads nowhere', async () => {
    const strangers = aVaultPerson();
    const cookies = await enrol(service, strangers);
    const otpCode = await mailedCode(service, strangers);
    service.clock.advanceSeconds(1);
    await mailsAfter(strangers.email, url);
    const owner = aPerson({ email: strangers.email, password: 'what the owner chooses' });
    const ticket = await newestTicket(service, owner, 'reset-password');
    const body = { ticket, new_password: owner.password };
    expectStatus(await service.post('/auth/change-password/change', body), 204);
    const { access } = await signIn(service, owner);
    const me = await service.get('/user/me', { authorization: `Bearer ${access}` });
    expect(me.json()).toMatchObject({ email: owner.email, username: null, email_verified: true });
    expectStatus(await patch(service, '/api/auth/verif/otp', { otpCode }, cookies), 401);
    expectStatus(await patch(service, '/api/auth/verif/identifier', anIdentifier(), cookies), 403);
    expectStatus(await logIn(service, owner), 200);
  });

  it('mails nothing once the enrolment is over', async () => {
    const [expired, deleted] = [aVaultPerson(), aVaultPerson()];
    await enrol(service, expired);
    service.clock.advanceSeconds(86_400);
    await enrol(service, deleted);
    service.clock.advanceSeconds(1);
    await mailsAfter(deleted.email, url);
    const ticket = await newestTicket(service, deleted, 'reset-password');
    await service.post('/auth/change-password/change', { ticket, new_password: deleted.password });
    const { access } = await signIn(service, deleted);
    expectStatus(await service.post('/auth/delete', undefined, { authorization: `Bearer ${access}` }), 204);
    expect(await mailsAfter(expired.email, url)).toEqual([]);
    expect((await mailsAfter(deleted.email, url)).filter((text) => text.includes('token='))).toEqual([]);
  });
});
