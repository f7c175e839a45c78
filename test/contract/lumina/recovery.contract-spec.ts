import { bearer, expectStatus, newestTicket } from '../../support/accounts';
import { startDescribedApp } from '../../support/described-app';
import {
  aNamedOwner,
  aNamedPerson,
  aPlainOwner,
  changePassword,
  luminaLogin,
  luminaSignIn,
  recover,
  temporaryPassword,
} from '../../support/lumina';
import { luminaProblemOf } from '../../support/lumina-problem';
import { problemOf } from '../../support/problem';
import { aSecuredAccount, codeNow, freshCode, replaceRecoveryCodes, wrongCode } from '../../support/second-factor';
import { undo } from '../../support/takeover';
import type { TestApp } from '../../support/test-app';

let service: TestApp;
beforeAll(async () => {
  service = await startDescribedApp();
});
afterAll(() => service.close());

const WRONG_CODE = { status: 422, code: 'invalid-code', detail: 'InvalidTotpCode' };
const WRONG_CURRENT = { status: 403, code: 'invalid-credentials', detail: 'InvalidCurrentPassword' };
const NEW = '123$Abcd';

/** The temporary password of the newest mail to an address. */
async function mailedPassword(email: string): Promise<string> {
  const mails = await service.mailsTo(email);
  const [found] = mails.flatMap(({ text }) => /^[\w-]{43}$/m.exec(text) ?? []);
  return found ?? '';
}

describe('POST /api/v1/auth/recover-password', () => {
  it('answers as the document prints it, with the temporary password where there is no mailbox', async () => {
    const owner = await aNamedOwner(service);
    const answer = await recover(service, owner, await codeNow(service, owner.secret));
    expect(expectStatus(answer, 200).json()).toEqual({
      IsPasswordReset: true,
      TemporaryPassword: expect.stringMatching(/^[\w-]{43}$/),
    });
    expect(answer.headers['x-device-token']).toBeUndefined();
  });

  it('mails it where the account has a proved address, and says no more than the document prints', async () => {
    const { owner, secret } = await aSecuredAccount(service, { username: 'Rebecca' });
    await service.mailsTo(owner.email); // of mails due at one instant any may come first
    const answer = await recover(service, { username: 'Rebecca' }, await freshCode(service, secret));
    expect(expectStatus(answer, 200).json()).toEqual({ IsPasswordReset: true });
    const password = await mailedPassword(owner.email);
    const changed = await changePassword(service, { username: 'rebecca', password }, NEW);
    expect(expectStatus(changed, 200).json()).toEqual({ IsPasswordChanged: true });
    const code = await freshCode(service, secret);
    expect((await luminaLogin(service, { username: 'Rebecca', password: NEW }, code)).statusCode).toBe(200);
    // and it is told, with a link that undoes it
    const [told] = await service.mailsTo(owner.email);
    expect(told?.text.replace(/\s+/g, ' ')).toContain('for a code from your authenticator app');
    const token = await newestTicket(service, owner, 'undo');
    expectStatus(await undo(service, token, owner.password, 'Other123$'), 200);
    const named = { username: 'Rebecca', password: 'Other123$' };
    expect((await luminaLogin(service, named, await freshCode(service, secret))).statusCode).toBe(200);
  });

  it('answers the same past the mails that an address may get', async () => {
    const { owner, secret } = await aSecuredAccount(service, { username: 'Ricarda' });
    for (let times = 0; times < 6; times += 1) {
      const answer = await recover(service, { username: 'Ricarda' }, await freshCode(service, secret));
      expect(expectStatus(answer, 200).json()).toEqual({ IsPasswordReset: true });
    }
    const sql = `SELECT 1 FROM mail_outbox WHERE kind = 'temporary-password' AND recipient = $1`;
    const mails = await service.database.dataSource.query<unknown[]>(sql, [owner.email]);
    expect(mails).toHaveLength(5);
  });

  it('returns it where the address was never proved', async () => {
    const { owner, secret } = await aSecuredAccount(service, { username: 'Severin' });
    const unprove = 'UPDATE users SET email_verified_at = NULL WHERE email = $1';
    await service.database.dataSource.query(unprove, [owner.email]);
    expect(await temporaryPassword(service, { username: 'Severin' }, await freshCode(service, secret))).toHaveLength(
      43,
    );
    expect(await mailedPassword(owner.email)).toBe('');
  });

  it('leaves the password as it is until the temporary one is used', async () => {
    const owner = await aNamedOwner(service);
    const password = await temporaryPassword(service, owner, await codeNow(service, owner.secret));
    expect((await luminaLogin(service, owner, await freshCode(service, owner.secret))).statusCode).toBe(200);
    expect((await changePassword(service, { ...owner, password }, NEW)).statusCode).toBe(200);
    const code = await freshCode(service, owner.secret);
    expect(luminaProblemOf(await luminaLogin(service, owner, code)).status).toBe(403);
    expect((await luminaLogin(service, { ...owner, password: NEW }, code)).statusCode).toBe(200);
  });

  it('refuses a wrong code, an unknown name and an account without a second factor alike', async () => {
    const owner = await aNamedOwner(service);
    const plain = await aPlainOwner(service);
    const code = await wrongCode(service, owner.secret);
    for (const somebody of [owner, plain, aNamedPerson()]) {
      expect(luminaProblemOf(await recover(service, somebody, code))).toEqual(WRONG_CODE);
    }
  });

  it('takes each code once, be it for this or for a sign-in', async () => {
    const owner = await aNamedOwner(service);
    const first = await codeNow(service, owner.secret);
    await luminaSignIn(service, owner, first);
    expect(luminaProblemOf(await recover(service, owner, first))).toEqual(WRONG_CODE);
    const second = await freshCode(service, owner.secret);
    await temporaryPassword(service, owner, second);
    expect(luminaProblemOf(await recover(service, owner, second))).toEqual(WRONG_CODE);
    expect(luminaProblemOf(await luminaLogin(service, owner, second))).toEqual(WRONG_CODE);
  });

  it('takes no recovery code, and does not spend one', async () => {
    const owner = await aNamedOwner(service);
    const tokens = await luminaSignIn(service, owner, await codeNow(service, owner.secret));
    const [code = ''] = await replaceRecoveryCodes(service, tokens);
    expect(luminaProblemOf(await recover(service, owner, code))).toEqual(WRONG_CODE);
    expect((await luminaLogin(service, owner, code)).statusCode).toBe(200);
  });

  it('refuses the code of a disabled account like a wrong one, and does not spend it', async () => {
    const owner = await aNamedOwner(service);
    const disable = (at: string) =>
      service.database.dataSource.query(`UPDATE users SET disabled_at = ${at} WHERE id = $1`, [owner.id]);
    await disable('now()');
    const code = await codeNow(service, owner.secret);
    expect(luminaProblemOf(await recover(service, owner, code))).toEqual(WRONG_CODE);
    await disable('NULL');
    expect((await recover(service, owner, code)).statusCode).toBe(200);
  });
});

describe('a temporary password', () => {
  const given = async () => {
    const owner = await aNamedOwner(service);
    return { ...owner, temporary: await temporaryPassword(service, owner, await codeNow(service, owner.secret)) };
  };
  const use = (owner: { username: string; temporary: string }, more: { headers?: Record<string, string> } = {}) =>
    changePassword(service, { username: owner.username, password: owner.temporary }, NEW, more);

  it('is good once', async () => {
    const owner = await given();
    expect((await use(owner)).statusCode).toBe(200);
    expect(luminaProblemOf(await use(owner))).toEqual(WRONG_CURRENT);
  });

  it('is good for 15 minutes', async () => {
    const [early, late] = [await given(), await given()];
    service.clock.advanceSeconds(15 * 60 - 1);
    expect((await use(early)).statusCode).toBe(200);
    service.clock.advanceSeconds(1);
    expect(luminaProblemOf(await use(late))).toEqual(WRONG_CURRENT);
  });

  it('is good for nothing else', async () => {
    const { username, secret, temporary } = await given();
    const code = await freshCode(service, secret);
    const named = { username, password: temporary };
    expect(luminaProblemOf(await luminaLogin(service, named, code)).detail).toBe('InvalidUsernameOrPassword');
    const reset = { ticket: temporary, new_password: NEW };
    expect(problemOf(await service.post('/auth/change-password/change', reset)).code).toBe('invalid-ticket');
    expect(problemOf(await service.post('/auth/mfa/totp', { ticket: temporary, code })).code).toBe('invalid-ticket');
  });

  it('is good for its own account alone', async () => {
    const owner = await given();
    const other = await aNamedOwner(service);
    expect(luminaProblemOf(await use({ ...other, temporary: owner.temporary }))).toEqual(WRONG_CURRENT);
    expect((await use(owner)).statusCode).toBe(200);
  });

  it('survives a new password that is not allowed', async () => {
    const { username, temporary: password } = await given();
    const hardened = await changePassword(service, { username, password }, 'weak');
    expect(luminaProblemOf(hardened).names).toEqual(['InvalidNewPassword']);
    expect((await changePassword(service, { username, password }, NEW)).statusCode).toBe(200);
  });

  it('is void after a change that shows the second factor, and so are others once one was used', async () => {
    const owner = await given();
    const second = await temporaryPassword(service, owner, await freshCode(service, owner.secret));
    expect((await use({ ...owner, temporary: second })).statusCode).toBe(200);
    expect(luminaProblemOf(await use(owner))).toEqual(WRONG_CURRENT);
    const third = await temporaryPassword(service, owner, await freshCode(service, owner.secret));
    const TotpCode = await freshCode(service, owner.secret);
    const changed = await changePassword(service, { ...owner, password: NEW }, 'Other123$', { TotpCode });
    expect(changed.statusCode).toBe(200);
    expect(luminaProblemOf(await use({ ...owner, temporary: third }))).toEqual(WRONG_CURRENT);
  });

  it('ends every session but the one it is used from, and makes a known device', async () => {
    const owner = await aNamedOwner(service);
    const one = await luminaSignIn(service, owner, await codeNow(service, owner.secret));
    const other = await luminaSignIn(service, owner, await freshCode(service, owner.secret));
    const temporary = await temporaryPassword(service, owner, await freshCode(service, owner.secret));
    const answer = expectStatus(await use({ ...owner, temporary }, { headers: bearer(one) }), 200);
    expect(String(answer.headers['x-device-token'])).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+$/);
    expect((await service.get('/user/me', bearer(one))).statusCode).toBe(200);
    expect(problemOf(await service.get('/user/me', bearer(other))).code).toBe('session-ended');
  });
});
