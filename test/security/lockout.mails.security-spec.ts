import { anAccount, aPerson, expectStatus, logIn, signIn, type Person } from '../support/accounts';
import { mailsAfterTelling, tellOfLocks, unlockTokenIn } from '../support/lockout-mails';
import { lockMailsByRecipient } from '../support/lockout-reports';
import { BEHIND_PROXY, CAFE, DEN, device, from, guess, lockOut, TRAIN } from '../support/lockout-way-back';
import { lockSecondFactor } from '../support/lockout-second-factor';
import { aSecuredAccount } from '../support/second-factor';
import { startTestApp, type TestApp } from '../support/test-app';

const TOLD = /^Too many wrong passwords/;
const ASKED = /^Sign in to your locked account/;

let service: TestApp;
beforeAll(async () => {
  service = await startTestApp({ environment: BEHIND_PROXY });
});
afterAll(() => service.close());

const mailsAbout = async (subject: RegExp, { email }: Pick<Person, 'email'>) =>
  (await service.mailsTo(email)).filter((mail) => subject.test(mail.subject));

async function told(person: Pick<Person, 'email'>) {
  await tellOfLocks(service);
  return mailsAbout(TOLD, person);
}

describe('an owner', () => {
  it('is told of a lock once, with when, until when, how many and from where', async () => {
    service.clock.set(new Date('2026-02-03T04:05:06.000Z'));
    const owner = await anAccount(service);
    for (const [index, network] of [DEN, CAFE, TRAIN].entries()) {
      for (let failures = 0; failures < (index === 2 ? 4 : 3); failures += 1)
        await guess(service, owner, from(network));
    }
    const [mail, ...more] = await told(owner);
    expect(more).toEqual([]);
    for (const text of [mail?.text, mail?.html]) {
      expect(text).toContain('3 February 2026 at 04:05 UTC');
      expect(text).toContain('3 February 2026 at 04:15 UTC');
      expect(text).toContain('4 February 2026 at 04:05 UTC'); // the link’s end
      expect(text).toMatch(/Wrong attempts[\s\S]{0,80}\b10\b/);
      expect(text).toContain(`${TRAIN}, ${CAFE}, ${DEN}`);
    }
  });

  it('is not told again while the lock lasts, and once more of the next', async () => {
    const owner = await anAccount(service);
    await lockOut(service, owner);
    expect(await told(owner)).toHaveLength(1);
    service.clock.advanceSeconds(599);
    expect((await guess(service, owner, from(DEN))).statusCode).toBe(429);
    expect(await told(owner)).toHaveLength(1);
    service.clock.advanceSeconds(1);
    await lockOut(service, owner);
    expect(await told(owner)).toHaveLength(2);
  });

  it('is told of a lock that has ended by the time anybody looks', async () => {
    const owner = await anAccount(service);
    await lockOut(service, owner);
    service.clock.advanceSeconds(3600);
    expect(await told(owner)).toHaveLength(1);
  });

  it('is told which browser is locked, where it is a known one', async () => {
    const owner = await anAccount(service);
    const tokens = await signIn(service, owner, from(CAFE));
    await lockOut(service, owner, from(DEN, device(tokens)));
    const [mail] = await told(owner);
    expect(mail?.text).toContain('one of your browsers is refused');
  });

  it('whose tenth attempt was right is mailed nothing', async () => {
    const owner = await anAccount(service);
    for (let failures = 0; failures < 9; failures += 1) expectStatus(await guess(service, owner, from(DEN)), 401);
    expectStatus(await logIn(service, owner, from(CAFE)), 200);
    expect(await told(owner)).toEqual([]);
    // it was given back: this is the tenth, and the one before it was none
    expectStatus(await guess(service, owner, from(DEN)), 401);
    expect(await told(owner)).toHaveLength(1);
  });

  it('whose address was never proved is mailed nothing', async () => {
    const owner = await anAccount(service);
    await service.database.dataSource.query('UPDATE users SET email_verified_at = NULL WHERE email = $1', [
      owner.email,
    ]);
    await lockOut(service, owner);
    await service.post('/auth/unlock/request', { email: owner.email });
    expect([...(await told(owner)), ...(await mailsAbout(ASKED, owner))]).toEqual([]);
    expect((await lockMailsByRecipient(service))[owner.email]).toBe(1); // the request, which is written for any address
  });

  it('is told of a lock at the username too', async () => {
    const username = 'locked-by-name';
    const owner = await anAccount(service, { username });
    for (let failures = 0; failures < 10; failures += 1) {
      expectStatus(await service.post('/auth/login', { username, password: 'a wrong one' }, from(DEN)), 401);
    }
    expect(await told(owner)).toHaveLength(1);
  });

  it('is told of a locked second factor, with no link: the mailbox is no proof of it', async () => {
    const secured = await aSecuredAccount(service);
    await lockSecondFactor(service, secured);
    const [mail] = await mailsAfterTelling(service, secured.owner);
    expect(mail?.subject).toMatch(/^Somebody knows the password/);
    expect(mail?.text).toMatch(/too\s+many\s+wrong\s+codes\s+of\s+the\s+second\s+factor/);
    expect(`${mail?.text ?? ''}${mail?.html ?? ''}`).not.toMatch(/token=|\/unlock/);
  });

  it('of a name that nobody has is nobody', async () => {
    const nobody = aPerson();
    await lockOut(service, nobody);
    expect(await mailsAfterTelling(service, nobody)).toEqual([]);
    expect(await lockMailsByRecipient(service)).not.toHaveProperty([nobody.email]);
  });
});

describe('a link that is asked for', () => {
  const ask = async ({ email }: Person, headers = from(TRAIN)) => {
    expectStatus(await service.post('/auth/unlock/request', { email }, headers), 204);
  };

  it('comes only while strangers are locked out', async () => {
    const owner = await anAccount(service);
    await ask(owner);
    expect(await mailsAbout(ASKED, owner)).toEqual([]);
    await lockOut(service, owner);
    await ask(owner);
    expect(await mailsAbout(ASKED, owner)).toHaveLength(1);
    service.clock.advanceSeconds(600);
    await ask(owner);
    expect(await mailsAbout(ASKED, owner)).toHaveLength(1);
  });

  it('comes to who is locked out on a device or in a network that is known, too', async () => {
    const owner = await anAccount(service);
    const tokens = await signIn(service, owner, from(CAFE));
    await lockOut(service, owner, from(DEN, device(tokens)));
    await ask(owner);
    expect(await mailsAbout(ASKED, owner)).toHaveLength(1);
    service.clock.advanceSeconds(600);
    await lockOut(service, owner, from(CAFE));
    await ask(owner);
    expect(await mailsAbout(ASKED, owner)).toHaveLength(2);
  });

  it('comes four times an hour to strangers and a fifth time to a known device', async () => {
    const owner = await anAccount(service);
    const tokens = await signIn(service, owner, from(CAFE));
    await lockOut(service, owner);
    for (let times = 0; times < 6; times += 1) await ask(owner);
    expect(await mailsAbout(ASKED, owner)).toHaveLength(4);
    for (let times = 0; times < 2; times += 1) await ask(owner, from(TRAIN, device(tokens)));
    expect(await mailsAbout(ASKED, owner)).toHaveLength(5);
  });

  it('leaves the earlier ones good, each once', async () => {
    const owner = await anAccount(service);
    await lockOut(service, owner);
    const [first] = await told(owner);
    await ask(owner);
    const [second] = await mailsAbout(ASKED, owner);
    if (!first || !second) throw new Error('there are no two mails');
    const open = (token: string) => service.post('/api/auth/unlock-account', { token }, from(CAFE));
    expect(unlockTokenIn(second)).not.toBe(unlockTokenIn(first));
    expectStatus(await open(unlockTokenIn(first)), 200);
    expectStatus(await open(unlockTokenIn(second)), 200);
    expectStatus(await open(unlockTokenIn(first)), 401);
  });
});

describe('telling', () => {
  it('outlives the process in which the lock began', async () => {
    const { database, dataDir, clock } = service;
    const other = await startTestApp({ environment: BEHIND_PROXY, database, dataDir, clock });
    const owner = await anAccount(service);
    await lockOut(other, owner);
    await other.close();
    expect(await told(owner)).toHaveLength(1);
  });

  it('is once, however many processes look', async () => {
    const owner = await anAccount(service);
    const { database, dataDir, clock } = service;
    const other = await startTestApp({ environment: BEHIND_PROXY, database, dataDir, clock });
    await lockOut(service, owner);
    await Promise.all([tellOfLocks(service), tellOfLocks(other), tellOfLocks(service), tellOfLocks(other)]);
    await other.close();
    expect(await mailsAbout(TOLD, owner)).toHaveLength(1);
  });

  it('is tried again when it was cut off', async () => {
    const owner = await anAccount(service);
    await lockOut(service, owner);
    const rename = (a: string, b: string) => service.database.dataSource.query(`ALTER TABLE ${a} RENAME TO ${b}`);
    await rename('mail_outbox', 'mail_outbox_gone');
    await expect(tellOfLocks(service)).rejects.toThrow();
    await rename('mail_outbox_gone', 'mail_outbox');
    expect(await told(owner)).toHaveLength(1);
  });
});
