import { anAccount, bearer, expectStatus, newestTicket, signIn } from '../../support/accounts';
import { startDescribedApp } from '../../support/described-app';
import {
  aNamedOwner,
  aNamedPerson,
  aPlainOwner,
  changePassword,
  luminaLogin,
  luminaSignIn,
} from '../../support/lumina';
import { luminaProblemOf } from '../../support/lumina-problem';
import { aSecuredAccount, codeNow, freshCode, wrongCode } from '../../support/second-factor';
import { undo } from '../../support/takeover';
import type { TestApp } from '../../support/test-app';

let service: TestApp;
beforeAll(async () => {
  service = await startDescribedApp();
});
afterAll(() => service.close());

const WRONG = { status: 403, code: 'invalid-credentials', detail: 'InvalidCurrentPassword' };
const FORBIDDEN = { status: 403, code: 'forbidden', detail: 'Forbidden' };
const NEW = '123$Abcd';

const statusOf = async (tokens: { access: string }) => (await service.get('/user/me', bearer(tokens))).statusCode;

describe('POST /api/v1/auth/change-password', () => {
  it('answers as the document prints it, without a token', async () => {
    const owner = await aPlainOwner(service);
    const answer = await changePassword(service, owner, NEW);
    expect([answer.statusCode, answer.json(), answer.cookies]).toEqual([200, { IsPasswordChanged: true }, []]);
    expect(luminaProblemOf(await luminaLogin(service, owner)).status).toBe(403);
    expect((await luminaLogin(service, { ...owner, password: NEW })).statusCode).toBe(200);
  });

  it('refuses a wrong password and an unknown name alike', async () => {
    const owner = await aPlainOwner(service);
    for (const somebody of [{ ...owner, password: 'wrong' }, aNamedPerson()]) {
      expect(luminaProblemOf(await changePassword(service, somebody, NEW))).toEqual(WRONG);
    }
    expect((await luminaLogin(service, owner)).statusCode).toBe(200);
  });

  it('the new one has to be given twice, and be strong enough', async () => {
    const { username: Username, password: CurrentPassword } = await aPlainOwner(service);
    const body = { Username, CurrentPassword, NewPassword: NEW, NewPasswordConfirm: 'Other123$' };
    const answer = await service.post('/api/v1/auth/change-password', body);
    expect(luminaProblemOf(answer)).toMatchObject({ status: 422, names: ['PasswordsNotMatch'] });
    const weak = await changePassword(service, { username: Username, password: CurrentPassword }, 'abcdefgh');
    expect(luminaProblemOf(weak)).toMatchObject({ status: 422, names: ['InvalidNewPassword'] });
  });

  it('a token that comes along is to be one of the same account, and good', async () => {
    const owner = await aPlainOwner(service);
    const other = await luminaSignIn(service, await aPlainOwner(service));
    const own = await luminaSignIn(service, owner);
    for (const somebody of [owner, { ...owner, password: 'wrong' }, aNamedPerson()]) {
      const answer = await changePassword(service, somebody, NEW, { headers: bearer(other) });
      expect(luminaProblemOf(answer)).toEqual(FORBIDDEN);
    }
    const headers = { authorization: `Bearer ${own.access}x` };
    expect(luminaProblemOf(await changePassword(service, owner, NEW, { headers }))).toMatchObject({ status: 401 });
    expect((await changePassword(service, owner, NEW, { headers: bearer(own) })).statusCode).toBe(200);
  });

  it('what a proxy sends for itself is no token', async () => {
    const headers = { authorization: 'Basic cHJveHk6eA==' };
    expect((await changePassword(service, await aPlainOwner(service), NEW, { headers })).statusCode).toBe(200);
  });

  it('a token in a cookie counts as one, but not from another site’s page', async () => {
    const owner = await aPlainOwner(service);
    const { access } = await luminaSignIn(service, owner);
    const cookie = `sv_at=${access}`;
    const foreign = { cookie, origin: 'https://evil.example.com' };
    expect(luminaProblemOf(await changePassword(service, owner, NEW, { headers: foreign })).detail).toBe('CrossSite');
    const other = await aPlainOwner(service);
    expect(luminaProblemOf(await changePassword(service, other, NEW, { headers: { cookie } }))).toEqual(FORBIDDEN);
    expect((await changePassword(service, owner, NEW, { headers: { cookie } })).statusCode).toBe(200);
    expect(await statusOf({ access })).toBe(200);
  });
});

describe('sessions, where the account has no second factor,', () => {
  it('all end, but the one that the change is made from', async () => {
    const owner = await aPlainOwner(service);
    const [one, other] = [await luminaSignIn(service, owner), await luminaSignIn(service, owner)];
    await changePassword(service, owner, NEW, { headers: bearer(one) });
    expect([await statusOf(one), await statusOf(other)]).toEqual([200, 401]);
    await changePassword(service, { ...owner, password: NEW }, 'Other123$');
    expect(await statusOf(one)).toBe(401);
  });

  it('a code is not looked at', async () => {
    const owner = await aPlainOwner(service);
    const tokens = await luminaSignIn(service, owner);
    expect((await changePassword(service, owner, NEW, { TotpCode: '000000' })).statusCode).toBe(200);
    expect(await statusOf(tokens)).toBe(401);
  });
});

describe('sessions, where the account has a second factor,', () => {
  const signedIn = async () => {
    const owner = await aNamedOwner(service);
    const one = await luminaSignIn(service, owner, await codeNow(service, owner.secret));
    return { owner, one, other: await luminaSignIn(service, owner, await freshCode(service, owner.secret)) };
  };

  it('all go on when nothing but the password was shown, and it is the new one that counts', async () => {
    const { owner, one, other } = await signedIn();
    expect((await changePassword(service, owner, NEW)).statusCode).toBe(200);
    expect([await statusOf(one), await statusOf(other)]).toEqual([200, 200]);
    expect(luminaProblemOf(await luminaLogin(service, owner)).detail).toBe('InvalidUsernameOrPassword');
    expect(luminaProblemOf(await luminaLogin(service, { ...owner, password: NEW })).code).toBe('mfa-required');
  });

  it('all end with a right code, which is spent by that', async () => {
    const { owner, one, other } = await signedIn();
    const TotpCode = await freshCode(service, owner.secret);
    expect((await changePassword(service, owner, NEW, { TotpCode })).statusCode).toBe(200);
    expect([await statusOf(one), await statusOf(other)]).toEqual([401, 401]);
    expect(luminaProblemOf(await luminaLogin(service, { ...owner, password: NEW }, TotpCode)).code).toBe(
      'invalid-code',
    );
  });

  it('all but its own end with a token', async () => {
    const { owner, one, other } = await signedIn();
    expect((await changePassword(service, owner, NEW, { headers: bearer(one) })).statusCode).toBe(200);
    expect([await statusOf(one), await statusOf(other)]).toEqual([200, 401]);
  });

  it('a wrong code changes nothing, with a token or without', async () => {
    const { owner, one, other } = await signedIn();
    const TotpCode = await wrongCode(service, owner.secret);
    for (const headers of [{}, bearer(one)]) {
      const answer = await changePassword(service, owner, NEW, { TotpCode, headers });
      expect(luminaProblemOf(answer)).toEqual({ status: 422, code: 'invalid-code', detail: 'InvalidTotpCode' });
    }
    expect([await statusOf(one), await statusOf(other)]).toEqual([200, 200]);
    expect((await luminaLogin(service, owner, await freshCode(service, owner.secret))).statusCode).toBe(200);
  });
});

describe('the owner', () => {
  it('is told by mail, with a link that undoes it', async () => {
    const owner = await anAccount(service, { username: 'Theodor' });
    await signIn(service, owner);
    await changePassword(service, { username: 'Theodor', password: owner.password }, NEW);
    const [mail] = await service.mailsTo(owner.email);
    expect(mail?.text.replace(/\s+/g, ' ')).toContain('it has been signed out');
    const token = await newestTicket(service, owner, 'undo');
    expectStatus(await undo(service, token, owner.password, 'Other123$'), 200);
    expect((await luminaLogin(service, { username: 'Theodor', password: 'Other123$' })).statusCode).toBe(200);
  });

  it('is told the truth where no session ended', async () => {
    const { owner, secret } = await aSecuredAccount(service, { username: 'Ursula' });
    await service.mailsTo(owner.email); // of mails due at one instant any may come first
    await changePassword(service, { username: 'Ursula', password: owner.password }, NEW);
    const [mail] = await service.mailsTo(owner.email);
    expect(mail?.text.replace(/\s+/g, ' ')).toContain('Where the account was signed in, it still is');
    const token = await newestTicket(service, owner, 'undo');
    expectStatus(await undo(service, token, owner.password, 'Other123$'), 200);
    const code = await freshCode(service, secret);
    expect((await luminaLogin(service, { username: 'Ursula', password: 'Other123$' }, code)).statusCode).toBe(200);
  });

  it('who has no address is in the audit trail all the same', async () => {
    const owner = await aPlainOwner(service);
    await changePassword(service, owner, NEW);
    const rows = await service.database.dataSource.query<object[]>(
      `SELECT event, contract, facts FROM audit_events WHERE user_id = $1 ORDER BY at, id`,
      [owner.id],
    );
    expect(rows).toEqual([
      { event: 'registered', contract: 'lumina', facts: { withSecondFactor: false } },
      { event: 'password-changed', contract: 'lumina', facts: { sessionsEnded: 0 } },
    ]);
    const mails = await service.database.dataSource.query('SELECT 1 FROM mail_outbox WHERE user_id = $1', [owner.id]);
    expect(mails).toEqual([]);
  });
});
