import { decodeJwt } from 'jose';
import { resetTicket } from '../support/accounts';
import { confirmReset } from '../support/claims';
import {
  anAccountOfAll,
  logInBy,
  outcomeOf,
  signInBy,
  startWithAll,
  waysIn,
  type AnyAccount,
  type WayIn,
} from '../support/contracts';
import type { TestApp } from '../support/test-app';

const LIMIT = 4;

let service: TestApp;
let asked = 0;
beforeAll(async () => {
  service = await startWithAll({ TRUST_PROXY: '1', LOCKOUT_ATTEMPTS: String(LIMIT) });
});
afterAll(() => service.close());

const named = waysIn.map((wayIn) => [wayIn.way, wayIn] as const);

/** A network that nobody has ever signed in from. */
function strange(): Record<string, string> {
  asked += 1;
  return { 'x-forwarded-for': `198.51.${String(asked >> 8)}.${String(asked & 255)}` };
}

const attemptBy = async (wayIn: WayIn, account: AnyAccount, headers = strange()) =>
  outcomeOf(await logInBy(service, wayIn, account, { headers }));

const guessBy = async (wayIn: WayIn, account: AnyAccount, headers = strange()) =>
  outcomeOf(await logInBy(service, wayIn, account, { secret: 'not this one', headers }));

/** A name that is nobody's. */
function nobody(): AnyAccount {
  asked += 1;
  const username = `nobody-${String(asked)}`;
  return { username, email: `${username}@example.com`, password: 'Abcd123$', verifier: 'dmVyaWZpZXI=' };
}

describe.each(named)('failures through %s', (_way, wayIn) => {
  it('count for strangers at the same name in every contract, and at no other name', async () => {
    const account = await anAccountOfAll(service);
    for (let guess = 0; guess < LIMIT; guess += 1) expect(await guessBy(wayIn, account)).toBe('invalid-credentials');
    for (const other of waysIn) {
      const expected = other.by === wayIn.by ? 'locked' : 'signed in';
      expect([other.way, await attemptBy(other, account)]).toEqual([other.way, expected]);
    }
  });

  it('are no fewer or more where the name is nobody’s', async () => {
    const account = nobody();
    for (let guess = 0; guess < LIMIT; guess += 1) expect(await guessBy(wayIn, account)).toBe('invalid-credentials');
    for (const other of waysIn) {
      const expected = other.by === wayIn.by ? 'locked' : 'invalid-credentials';
      expect([other.way, await attemptBy(other, account)]).toEqual([other.way, expected]);
    }
  });

  it('leave a device that this contract made known alone, in every contract', async () => {
    const account = await anAccountOfAll(service);
    const { device } = await signInBy(service, wayIn, account, { headers: strange() });
    for (let guess = 0; guess < LIMIT; guess += 1) await guessBy(wayIn, account);
    for (const other of waysIn) {
      const headers = { ...strange(), 'x-device-token': device };
      const answer = await logInBy(service, other, account, { headers });
      expect([other.way, outcomeOf(answer)]).toEqual([other.way, 'signed in']);
      // it stays the same device, whichever contract names it
      expect(decodeJwt(other.tokensIn(answer).device).jti).toBe(decodeJwt(device).jti);
    }
  });
});

describe.each(['email', 'username'] as const)('failures by %s', (by) => {
  const those = waysIn.filter((wayIn) => wayIn.by === by);

  it('add up, whichever contracts they came through', async () => {
    const account = await anAccountOfAll(service);
    for (let guess = 0; guess < LIMIT; guess += 1) {
      expect(await guessBy(those[guess % those.length]!, account)).toBe('invalid-credentials');
    }
    for (const wayIn of those) expect([wayIn.way, await attemptBy(wayIn, account)]).toEqual([wayIn.way, 'locked']);
  });

  it('of a known device add up too, and lock that device alone, in all contracts', async () => {
    const account = await anAccountOfAll(service);
    const [mine, other] = [
      await signInBy(service, those[0]!, account, { headers: strange() }),
      await signInBy(service, those[0]!, account, { headers: strange() }),
    ];
    const withDevice = (device: string) => ({ ...strange(), 'x-device-token': device });
    for (let guess = 0; guess < LIMIT; guess += 1) {
      expect(await guessBy(those[guess % those.length]!, account, withDevice(mine.device))).toBe('invalid-credentials');
    }
    for (const wayIn of waysIn) {
      const outcomes = [await attemptBy(wayIn, account, withDevice(mine.device))];
      outcomes.push(await attemptBy(wayIn, account, withDevice(other.device)), await attemptBy(wayIn, account));
      expect([wayIn.way, ...outcomes]).toEqual([wayIn.way, 'locked', 'signed in', 'signed in']);
    }
  });
});

it('a mailed reset through one contract lets its browser past the lock in all', async () => {
  const account = await anAccountOfAll(service);
  for (let guess = 0; guess < LIMIT; guess += 1) await guessBy(waysIn[0]!, account);
  const password = 'Wxyz789%-chosen-then';
  const answer = await confirmReset(service, await resetTicket(service, account), password);
  const headers = { 'x-device-token': String(answer.headers['x-device-token']) };
  for (const wayIn of waysIn) {
    const attempt = { headers: { ...strange(), ...headers } };
    expect(outcomeOf(await logInBy(service, wayIn, { ...account, password }, attempt))).toBe('signed in');
  }
  expect(await attemptBy(waysIn[0]!, { ...account, password })).toBe('locked');
});
