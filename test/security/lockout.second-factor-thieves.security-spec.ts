import { bearer, expectStatus, resetTicket, signIn, type Tokens } from '../support/accounts';
import { aSecuredOwner, codesJudged, expectLocked, inTurn, logInWithCode } from '../support/lock-codes';
import { mailsAfterTelling, unlockTokenIn } from '../support/lockout-mails';
import {
  BEHIND_PROXY,
  CAFE,
  DEN,
  device,
  deviceCookieOf,
  from,
  HOME,
  lockOut,
  newestUnlockLink,
  pressUnlock,
} from '../support/lockout-way-back';
import { enableTotp, freshCode, signInWithCode, wrongCode, type SecuredAccount } from '../support/second-factor';
import { startTestApp, type TestApp } from '../support/test-app';

const ATTEMPTS = 10;
const DAY_SECONDS = 86_400;
const ADMIN = 'admin@example.org';

let service: TestApp;
let account: SecuredAccount;
beforeEach(async () => {
  const environment = { ...BEHIND_PROXY, LOCKOUT_DURATION: '12h', ADMIN_EMAILS: ADMIN };
  service = await startTestApp({ environment });
  account = await aSecuredOwner(service);
});
afterEach(() => service.close());

/** Wrong codes are refused there, and so is the right one. */
async function expectNoGuess(headers: Record<string, string>): Promise<void> {
  expect(await codesJudged(service, account, headers)).toBe(0);
  const right = await freshCode(service, account.secret);
  expectLocked(await logInWithCode(service, account.owner, right, headers));
}

/** The link that the newest mail to admins holds. */
async function adminLink(subject: RegExp): Promise<string> {
  const mails = await mailsAfterTelling(service, { email: ADMIN });
  const mail = mails.find((each) => subject.test(each.subject + each.text));
  if (!mail) throw new Error(`no mail says ${String(subject)}: ${mails.map((each) => each.subject).join()}`);
  return unlockTokenIn(mail);
}

describe('a thief of the mailbox gains no guess at the second factor', () => {
  beforeEach(async () => {
    expect(await codesJudged(service, account, from(DEN))).toBe(ATTEMPTS);
  });

  it.each([false, true])('by resets, though one makes a device known (forgetting the others: %s)', async (forgets) => {
    const { owner } = account;
    for (const password of ['the first of the thief', 'the second of the thief']) {
      const ticket = await resetTicket(service, owner);
      const body = { ticket, new_password: password, forget_devices: forgets };
      const answer = expectStatus(await service.post('/auth/change-password/change', body, from(DEN)), 204);
      account = { ...account, owner: { ...owner, password } };
      await expectNoGuess(from(DEN, deviceCookieOf(answer)));
      await expectNoGuess(from(DEN));
      await expectNoGuess(from(CAFE));
    }
  });

  it('by the owner’s unlock links', async () => {
    const { owner } = account;
    for (let round = 0; round < 2; round += 1) {
      await lockOut(service, owner, from(`198.51.100.${String(round)}`));
      const opened = await pressUnlock(service, await newestUnlockLink(service, owner), from(DEN));
      // known to the first factor, for it is asked for a code, and a stranger to the second
      const browser = from(DEN, deviceCookieOf(opened));
      await expectNoGuess(browser);
      await expectNoGuess(from(DEN));
      service.clock.advanceSeconds(DAY_SECONDS);
      // the lock has ended by itself, which opens it as often as without any link
      expect(await codesJudged(service, account, browser)).toBe(ATTEMPTS);
    }
  });

  it('by an unlock link and a reset, one after the other, from the same browser', async () => {
    const { owner } = account;
    await lockOut(service, owner);
    const opened = await pressUnlock(service, await newestUnlockLink(service, owner), from(DEN));
    const browser = deviceCookieOf(opened);
    const password = 'another of the thief';
    const body = { ticket: await resetTicket(service, owner), new_password: password };
    expectStatus(await service.post('/auth/change-password/change', body, from(DEN, browser)), 204);
    account = { ...account, owner: { ...owner, password } };
    await expectNoGuess(from(DEN, browser));
  });
});

describe('who guesses at the owner’s own device, where the factor was passed, gains no guess there', () => {
  let there: Record<string, string>;
  beforeEach(async () => {
    there = from(DEN, device(account.tokens));
    expect(await codesJudged(service, account, there)).toBe(ATTEMPTS);
  });

  it('by a reset', async () => {
    const password = 'the one of the thief';
    const body = { ticket: await resetTicket(service, account.owner), new_password: password };
    expectStatus(await service.post('/auth/change-password/change', body, there), 204);
    account = { ...account, owner: { ...account.owner, password } };
    await expectNoGuess(there);
  });

  it('by the owner’s unlock link', async () => {
    await lockOut(service, account.owner);
    expectStatus(await pressUnlock(service, await newestUnlockLink(service, account.owner), there), 200);
    await expectNoGuess(there);
  });
});

describe('an admin', () => {
  it('who lifts what locks the first factor opens nothing of the second', async () => {
    const { owner } = account;
    await lockOut(service, owner);
    const link = await adminLink(/password|sign/i);
    expect(await codesJudged(service, account, from(HOME))).toBe(ATTEMPTS);
    expectStatus(await service.post('/api/auth/unlock-account', { token: link }, from(CAFE)), 200);
    await expectNoGuess(from(HOME));
    await expectNoGuess(from(DEN));
  });

  it('who was told of the second factor and lifts it allows as many guesses again, and not one more', async () => {
    expect(await codesJudged(service, account, from(DEN))).toBe(ATTEMPTS);
    const link = await adminLink(/second factor|code/i);
    expectStatus(await service.post('/api/auth/unlock-account', { token: link }, from(CAFE)), 200);
    expect(await codesJudged(service, account, from(DEN))).toBe(ATTEMPTS);
    expectStatus(await service.post('/api/auth/unlock-account', { token: link }, from(CAFE)), 401);
    await expectNoGuess(from(DEN));
  });
});

describe('a thief of a session', () => {
  const disable = (tokens: Tokens, code: string) =>
    service.post('/auth/mfa/disable', { code }, from(DEN, bearer(tokens)));

  it('cannot guess codes without limit, and does not lock the device that the session is of', async () => {
    const { owner, tokens, secret } = account;
    const wrong = await wrongCode(service, secret);
    await inTurn(4, () => disable(tokens, wrong), 401);
    const proof = { password: owner.password, code: wrong };
    await inTurn(3, () => service.post('/auth/reauthenticate', proof, from(DEN, bearer(tokens))), 401);
    expect(await codesJudged(service, account, from(CAFE, device(tokens)))).toBe(ATTEMPTS);
    await inTurn(ATTEMPTS - 7, () => disable(tokens, wrong), 401);
    expectLocked(await disable(tokens, await freshCode(service, secret)));
    const right = { ...proof, code: await freshCode(service, secret) };
    expectLocked(await service.post('/auth/reauthenticate', right, from(DEN, bearer(tokens))));
  });

  it('gains no guess by forgetting the device, for then he is a stranger', async () => {
    const { tokens, secret } = account;
    const wrong = await wrongCode(service, secret);
    expect(await codesJudged(service, account, from(DEN))).toBe(ATTEMPTS);
    await inTurn(ATTEMPTS, () => disable(tokens, wrong), 401);
    const list = expectStatus(await service.get('/auth/devices', bearer(tokens)), 200);
    for (const { id } of list.json<{ id: string }[]>()) {
      expectStatus(
        await service.inject({ method: 'DELETE', url: `/auth/devices/${id}`, headers: bearer(tokens) }),
        204,
      );
    }
    expectLocked(await disable(tokens, wrong));
    await expectNoGuess(from(CAFE, device(tokens)));
  });
});

it('who passed a former second factor has not passed the present one', async () => {
  const { owner, tokens, secret } = account;
  const laptop = await signInWithCode(service, owner, await freshCode(service, secret));
  const code = await freshCode(service, secret);
  expectStatus(await service.post('/auth/mfa/disable', { code }, bearer(laptop)), 204);
  const successor = await enableTotp(service, laptop);
  account = { ...account, secret: successor };
  expect(await codesJudged(service, account, from(DEN))).toBe(ATTEMPTS);
  const right = async (headers: Record<string, string>) =>
    logInWithCode(service, owner, await freshCode(service, successor), headers);
  expectLocked(await right(from(CAFE, device(tokens))));
  expectStatus(await right(from(CAFE, device(laptop))), 200);
});

it('a session without a second factor knows nothing of one that comes later', async () => {
  const { owner, tokens, secret } = account;
  expectStatus(
    await service.post('/auth/mfa/disable', { code: await freshCode(service, secret) }, bearer(tokens)),
    204,
  );
  const laptop = await signIn(service, owner, from(CAFE));
  account = { ...account, secret: await enableTotp(service, laptop) };
  expect(await codesJudged(service, account, from(DEN))).toBe(ATTEMPTS);
  await expectNoGuess(from(HOME, device(tokens)));
});
