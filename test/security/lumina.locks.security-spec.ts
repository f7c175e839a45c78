import { anAccount, bearer, expectStatus, signIn } from '../support/accounts';
import { mailsAfterTelling, tellOfLocks, unlockTokenIn } from '../support/lockout-mails';
import {
  aNamedOwner,
  aNamedPerson,
  aPlainOwner,
  luminaLogin,
  luminaRegister,
  luminaSignIn,
  recover,
} from '../support/lumina';
import { luminaProblemOf } from '../support/lumina-problem';
import { BEHIND_PROXY, CAFE, DEN, from } from '../support/lockout-way-back';
import { aSecuredAccount, freshCode } from '../support/second-factor';
import { startTestApp, type TestApp } from '../support/test-app';

const ADMIN = 'root@example.com';

interface ListedLock {
  readonly id: string;
  readonly account: { readonly email: string | null; readonly username: string | null };
  readonly factor: string;
  readonly standing: string;
}

let service: TestApp;
let admin: Record<string, string>;
beforeEach(async () => {
  service = await startTestApp({ environment: { ...BEHIND_PROXY, ADMIN_EMAILS: ADMIN } });
  admin = bearer(await signIn(service, await anAccount(service, { email: ADMIN })));
});
afterEach(() => service.close());

const locks = async () => (await service.get('/admin/locks', admin)).json<ListedLock[]>();

async function guessCodes(named: { readonly username: string }): Promise<void> {
  for (let tries = 0; tries < 5; tries += 1) {
    expectStatus(await recover(service, named, '000000', from(DEN)), 422);
  }
}

async function guessPasswords(named: { readonly username: string }): Promise<void> {
  for (let tries = 0; tries < 10; tries += 1) {
    expectStatus(await luminaLogin(service, { ...named, password: 'wrong' }, undefined, from(DEN)), 403);
  }
}

const isLockedOut = async (person: { username: string; password: string }) =>
  (await luminaLogin(service, person, undefined, from(CAFE))).statusCode === 429;

describe('a lock of an account without an address', () => {
  it('is told to admins, whose link opens it', async () => {
    const owner = await aPlainOwner(service);
    await guessPasswords(owner);
    const [mail] = await mailsAfterTelling(service, { email: ADMIN });
    expect(mail?.text).toContain(owner.username);
    expect(await locks()).toEqual([
      expect.objectContaining({ account: { uuid: owner.id, email: null, username: owner.username }, factor: 'secret' }),
    ]);
    const token = unlockTokenIn(mail!);
    const answer = expectStatus(await service.post('/api/auth/unlock-account', { token }), 200);
    expect(answer.json<{ message: string }>().message).toBe(`Account ${owner.username} unlocked successfully`);
    expect(await isLockedOut(owner)).toBe(false);
  });

  it('from before there was an account is the account’s as soon as the name is', async () => {
    const person = aNamedPerson();
    await guessPasswords(person);
    await guessCodes(person);
    expect(await locks()).toEqual([]);
    expectStatus(await luminaRegister(service, person, { Use2fa: false }), 201);
    expect(await isLockedOut(person)).toBe(true);
    const listed = await locks();
    expect(listed.map(({ factor }) => factor).sort()).toEqual(['recovery', 'secret']);
    expect(listed.every(({ account }) => account.username === person.username)).toBe(true);
  });

  it('is nobody’s once the account is gone', async () => {
    const owner = await aPlainOwner(service);
    const tokens = await luminaSignIn(service, owner);
    await guessCodes(owner);
    expectStatus(await service.post('/auth/delete', undefined, bearer(tokens)), 204);
    const rows = await service.database.dataSource.query('SELECT 1 FROM locks WHERE user_id = $1', [owner.id]);
    expect(rows).toEqual([]);
  });
});

describe('a closed recovery', () => {
  it('is told to the owner who has a proved address: that nobody got in, and that sign-in goes on', async () => {
    const { owner } = await aSecuredAccount(service, { username: 'Viola' });
    await guessCodes({ username: 'Viola' });
    const [mail, ...more] = (await mailsAfterTelling(service, owner)).filter(({ subject }) => /recover/.test(subject));
    expect(more).toEqual([]);
    expect(mail?.text.replace(/\s+/g, ' ')).toContain('Nobody got in, and signing in is not affected.');
    expect(mail?.text).not.toContain('/unlock?token=');
    await tellOfLocks(service);
    expect((await service.mailsTo(owner.email)).filter(({ subject }) => /recover/.test(subject))).toHaveLength(1);
  });

  it('is told to admins as what it is, and opened by their link', async () => {
    const owner = await aNamedOwner(service);
    await guessCodes(owner);
    const [mail] = await mailsAfterTelling(service, { email: ADMIN });
    expect(mail?.text.replace(/\s+/g, ' ')).toContain(`too many wrong codes at the recovery of the account`);
    expectStatus(await service.post('/api/auth/unlock-account', { token: unlockTokenIn(mail!) }), 200);
    const code = await freshCode(service, owner.secret);
    expect((await recover(service, owner, code, from(CAFE))).statusCode).toBe(200);
  });

  it('is listed and lifted by itself, and a lock of the password by itself', async () => {
    const owner = await aPlainOwner(service);
    await guessCodes(owner);
    await guessPasswords(owner);
    const listed = await locks();
    const recovery = listed.find(({ factor }) => factor === 'recovery');
    expectStatus(await service.post(`/admin/locks/${String(recovery?.id)}/lift`, undefined, admin), 204);
    expect(luminaProblemOf(await recover(service, owner, '000000', from(DEN))).code).toBe('invalid-code');
    expect(await isLockedOut(owner)).toBe(true);
  });

  it('is not opened by an admin’s link about the password', async () => {
    const owner = await aPlainOwner(service);
    await guessPasswords(owner);
    const [mail] = await mailsAfterTelling(service, { email: ADMIN });
    await guessCodes(owner);
    expectStatus(await service.post('/api/auth/unlock-account', { token: unlockTokenIn(mail!) }), 200);
    expect((await recover(service, owner, '000000', from(DEN))).statusCode).toBe(429);
  });
});
