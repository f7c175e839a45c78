import { anAccount, expectStatus, logIn, type Person } from '../support/accounts';
import { mailsAfterTelling, unlockTokenIn } from '../support/lockout-mails';
import { lockSecondFactor } from '../support/lockout-second-factor';
import { BEHIND_PROXY, CAFE, DEN, from, lockOut } from '../support/lockout-way-back';
import { aSecuredAccount } from '../support/second-factor';
import { startTestApp, type TestApp } from '../support/test-app';

const ADMINS = ['first-admin@example.com', 'second-admin@example.com'].map((email) => ({ email }));
const [ADMIN, OTHER_ADMIN] = ADMINS as [Pick<Person, 'email'>, Pick<Person, 'email'>];
const DIGEST_SECONDS = 15 * 60;

let service: TestApp;
beforeAll(async () => {
  const ADMIN_EMAILS = ADMINS.map(({ email }) => email).join(',');
  service = await startTestApp({ environment: { ...BEHIND_PROXY, ADMIN_EMAILS } });
});
// nothing of the test before holds up or limits the mails of this one
beforeEach(() => service.clock.advanceSeconds(2 * 3600));
afterAll(() => service.close());

async function aLockedAccount(traits: Partial<Person> = {}): Promise<Person> {
  const owner = await anAccount(service, traits);
  await lockOut(service, owner);
  return owner;
}

/** What an admin is told of locks from now on, the newest first. */
async function listen(admin = ADMIN) {
  const before = (await mailsAfterTelling(service, admin)).length;
  return async () => {
    const mails = await mailsAfterTelling(service, admin);
    return mails.slice(0, mails.length - before);
  };
}

describe('admins', () => {
  it('are told of a first lock at once, with whose it is and the facts', async () => {
    service.clock.set(new Date('2026-02-03T04:05:06.000Z'));
    const heard = await listen();
    const { email } = await aLockedAccount({ username: 'besieged' });
    const [mail, ...more] = await heard();
    expect(more).toEqual([]);
    expect(mail?.subject).toMatch(/^An account at .* is locked$/);
    for (const text of [mail?.text, mail?.html]) {
      expect(text?.replace(/\s+/g, ' ')).toContain(`the account ${email}.`);
      expect(text).toContain('3 February 2026 at 04:05 UTC');
      expect(text).toContain('3 February 2026 at 04:15 UTC');
      expect(text).toContain(DEN);
      expect(text).toMatch(/Wrong attempts[\s\S]{0,80}\b10\b/);
    }
  });

  it('are told of the next ones after a quarter of an hour, in one mail that opens nothing', async () => {
    const heard = await listen();
    await aLockedAccount();
    expect(await heard()).toHaveLength(1);
    for (let locks = 0; locks < 3; locks += 1) await aLockedAccount();
    expect(await heard()).toHaveLength(1);
    service.clock.advanceSeconds(DIGEST_SECONDS - 1);
    expect(await heard()).toHaveLength(1);
    service.clock.advanceSeconds(1);
    const [digest, ...before] = await heard();
    expect(before).toHaveLength(1);
    expect(digest?.subject).toMatch(/^3 /);
    expect(digest?.text).toContain('/admin');
    expect(`${digest?.text ?? ''}${digest?.html ?? ''}`).not.toContain('token=');
    service.clock.advanceSeconds(DIGEST_SECONDS);
    expect(await heard()).toHaveLength(2);
  });

  it('are mailed four times an hour at most, though one account after the other be locked', async () => {
    const heard = await listen();
    for (let minute = 0; minute < 60; minute += 3) {
      await aLockedAccount();
      await heard();
      service.clock.advanceSeconds(3 * 60);
    }
    expect(await heard()).toHaveLength(4 + 1); // the hour is over with this look
  });

  it('are told nothing of a lock that a right password has undone', async () => {
    const owner = await anAccount(service);
    const heard = await listen();
    for (let failures = 0; failures < 9; failures += 1) {
      expectStatus(await logIn(service, { ...owner, password: 'a wrong one' }, from(DEN)), 401);
    }
    expectStatus(await logIn(service, owner, from(CAFE)), 200);
    expect(await heard()).toEqual([]);
  });

  it('are told nothing of names that nobody has', async () => {
    const heard = await listen();
    await lockOut(service, { email: 'nobody-has-this@example.com' });
    expect(await heard()).toEqual([]);
  });

  it('are told which factor is locked', async () => {
    const secured = await aSecuredAccount(service);
    const heard = await listen();
    await lockSecondFactor(service, secured);
    const [mail] = await heard();
    expect(mail?.text.replace(/\s+/g, ' ')).toContain(`the right password of the account ${secured.owner.email}`);
  });
});

describe('the links of one lock', () => {
  const newestToken = async (to: Pick<Person, 'email'>) => {
    const [mail] = await mailsAfterTelling(service, to);
    if (!mail) throw new Error(`no mail to ${to.email}`);
    return unlockTokenIn(mail);
  };
  const open = (token: string) => service.post('/api/auth/unlock-account', { token }, from(CAFE));

  it('are different ones for the owner and each admin, and none opens in the place of another', async () => {
    const owner = await aLockedAccount();
    const tokens = [await newestToken(owner), await newestToken(ADMIN), await newestToken(OTHER_ADMIN)] as const;
    expect(new Set(tokens).size).toBe(3);
    const [ownersOwn, admins, otherAdmins] = tokens;
    expectStatus(await open(ownersOwn), 200);
    expect((await logIn(service, owner, from('203.0.113.77'))).statusCode).toBe(429);
    expectStatus(await open(admins), 200);
    expect((await logIn(service, owner, from('203.0.113.77'))).statusCode).toBe(200);
    // spent together: what the second would lift is lifted
    expectStatus(await open(otherAdmins), 401);
  });
});
