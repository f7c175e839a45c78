import { anAccount, bearer, expectStatus, signIn, tokensIn } from '../support/accounts';
import {
  aSecuredOwner,
  codesJudged,
  expectLocked,
  factorBuckets,
  finishWithCode,
  inTurn,
  logInWithCode,
} from '../support/lock-codes';
import { BEHIND_PROXY, CAFE, DEN, device, from, guess, HOME, lockOut, TRAIN } from '../support/lockout-way-back';
import { problemOf } from '../support/problem';
import {
  enableTotp,
  freshCode,
  replaceRecoveryCodes,
  ticketFor,
  wrongCode,
  type SecuredAccount,
} from '../support/second-factor';
import { startTestApp, type TestApp } from '../support/test-app';

const ATTEMPTS = 10;
const TRIES_OF_A_TICKET = 5;

let service: TestApp;
let account: SecuredAccount;
beforeAll(async () => {
  // locks outlast every test: fresh codes take half a minute each
  service = await startTestApp({ environment: { ...BEHIND_PROXY, LOCKOUT_DURATION: '12h' } });
});
beforeEach(async () => {
  account = await aSecuredOwner(service);
});
afterAll(() => service.close());

const lockStrangers = async () => {
  expect(await codesJudged(service, account, from(DEN))).toBe(ATTEMPTS);
};

describe('somebody with the password who guesses codes', () => {
  it('finds the second factor locked, to strangers everywhere and for right codes too, but not the first', async () => {
    const { owner, secret } = account;
    await lockStrangers();
    const right = await freshCode(service, secret);
    for (const place of [DEN, CAFE]) expectLocked(await logInWithCode(service, owner, right, from(place)));
    expectLocked(await finishWithCode(service, owner, right, from(CAFE)));
    // what a password brings is asked for as before
    await expect(ticketFor(service, owner)).resolves.toMatch(/./);
  });

  it('has five tries a ticket, and no more tries for asking for further tickets', async () => {
    const { owner, secret } = account;
    const wrong = await wrongCode(service, secret);
    const codes: string[] = [];
    for (let tickets = 0; tickets < 3; tickets += 1) {
      const ticket = await ticketFor(service, owner);
      for (let tries = 0; tries <= TRIES_OF_A_TICKET; tries += 1) {
        const answer = await service.post('/auth/mfa/totp', { ticket, code: wrong }, from(DEN));
        codes.push(problemOf(answer).code);
      }
    }
    const judged = codes.filter((code) => code === 'invalid-code').length;
    expect(judged).toBe(ATTEMPTS);
    expect(codes.slice(0, 6)).toEqual([...Array<string>(TRIES_OF_A_TICKET).fill('invalid-code'), 'invalid-ticket']);
    expect(codes.slice(-6)).toEqual(Array(6).fill('locked'));
  });

  it('spends one budget by tickets and by sign-ins that bring the code along', async () => {
    const { owner, secret } = account;
    const wrong = await wrongCode(service, secret);
    const ticket = await ticketFor(service, owner);
    await inTurn(4, () => service.post('/auth/mfa/totp', { ticket, code: wrong }, from(DEN)), 401);
    expect(await codesJudged(service, account, from(CAFE))).toBe(ATTEMPTS - 4);
    // the lock has taken no try of the ticket: its owner may know it by a recovery code
    expectLocked(await service.post('/auth/mfa/totp', { ticket, code: wrong }, from(DEN)));
  });

  it('does not keep the owner’s device out', async () => {
    const { owner, tokens, secret } = account;
    await lockStrangers();
    const there = from(TRAIN, device(tokens));
    expectStatus(await finishWithCode(service, owner, await freshCode(service, secret), there), 200);
    expectStatus(await logInWithCode(service, owner, await freshCode(service, secret), there), 200);
    // and who comes there has a budget of his own
    expect(await codesJudged(service, account, there)).toBe(ATTEMPTS);
  });

  it('does not keep out a client that keeps no token, where it has passed the factor before', async () => {
    const { owner, secret } = account;
    expectStatus(await logInWithCode(service, owner, await freshCode(service, secret), from(CAFE)), 200);
    await lockStrangers();
    expectStatus(await logInWithCode(service, owner, await freshCode(service, secret), from(CAFE)), 200);
    expectLocked(await logInWithCode(service, owner, await freshCode(service, secret), from(TRAIN)));
    // known by the password alone, from before there was a second factor
    expectLocked(await logInWithCode(service, owner, await freshCode(service, secret), from(HOME)));
  });

  it('does not keep out the owner’s recovery codes, whichever way they come', async () => {
    const { owner, tokens } = account;
    const codes = await replaceRecoveryCodes(service, tokens);
    await lockStrangers();
    expectStatus(await logInWithCode(service, owner, codes[0] ?? '', from(CAFE)), 200);
    const finished = expectStatus(await finishWithCode(service, owner, codes[1] ?? '', from(CAFE)), 200);
    const session = bearer(tokensIn(finished));
    const reauthentication = { password: owner.password, code: codes[2] };
    expectStatus(await service.post('/auth/reauthenticate', reauthentication, session), 200);
    expectStatus(await service.post('/auth/mfa/disable', { code: codes[3] }, session), 204);
  });

  it('is told apart from a device that has not passed the factor, once that has', async () => {
    const owner = await anAccount(service);
    const phone = await signIn(service, owner, from(HOME));
    const laptop = device(await signIn(service, owner, from(TRAIN)));
    const secret = await enableTotp(service, phone);
    const [recovery = ''] = await replaceRecoveryCodes(service, phone);
    account = { owner, tokens: phone, secret };
    await lockStrangers();
    const right = async () => logInWithCode(service, owner, await freshCode(service, secret), from(CAFE, laptop));
    expectLocked(await right());
    expectStatus(await logInWithCode(service, owner, recovery, from(CAFE, laptop)), 200);
    expectStatus(await right(), 200);
  });
});

describe('somebody without the password', () => {
  it('has no guess at the second factor, and leaves nothing behind there', async () => {
    const { owner, tokens, secret } = account;
    const before = await factorBuckets(service);
    const right = await freshCode(service, secret);
    const guesser = { email: owner.email, password: 'a wrong one' };
    for (const headers of [from(DEN), from(CAFE, device(tokens))]) {
      await inTurn(ATTEMPTS, () => logInWithCode(service, guesser, right, headers), 401);
      expectLocked(await logInWithCode(service, guesser, right, headers));
    }
    const ticket = 'an invented one';
    await inTurn(ATTEMPTS + 1, () => service.post('/auth/mfa/totp', { ticket, code: right }, from(DEN)), 401);
    expect(await factorBuckets(service)).toBe(before);
  });

  it('who locks the first factor locks the second to nobody', async () => {
    const { owner, tokens, secret } = account;
    const ticket = await ticketFor(service, owner);
    await lockOut(service, owner);
    // a sign-in that is halfway goes on, from wherever
    const code = await freshCode(service, secret);
    expectStatus(await service.post('/auth/mfa/totp', { ticket, code }, from(CAFE)), 200);
    const there = from(TRAIN, device(tokens));
    expectStatus(await logInWithCode(service, owner, await freshCode(service, secret), there), 200);
  });
});

it('a right code gives back its own attempt to strangers, and nothing that was wrong before it', async () => {
  const { owner, secret } = account;
  const wrong = await wrongCode(service, secret);
  await inTurn(6, () => logInWithCode(service, owner, wrong, from(DEN)), 401);
  expectStatus(await logInWithCode(service, owner, await freshCode(service, secret), from(CAFE)), 200);
  expect(await codesJudged(service, account, from(DEN))).toBe(ATTEMPTS - 6);
});

it('a right code from the owner’s device clears what was wrong there before', async () => {
  const { owner, tokens, secret } = account;
  const there = from(TRAIN, device(tokens));
  const wrong = await wrongCode(service, secret);
  await inTurn(ATTEMPTS - 1, () => logInWithCode(service, owner, wrong, there), 401);
  expectStatus(await logInWithCode(service, owner, await freshCode(service, secret), there), 200);
  expect(await codesJudged(service, account, there)).toBe(ATTEMPTS);
  // the first factor is not locked by it
  expectStatus(await guess(service, owner, there), 401);
});
