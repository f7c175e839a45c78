import { bearer, expectStatus, newestTicket, resetTicket } from '../support/accounts';
import { confirmReset } from '../support/claims';
import {
  anAccountOfAll,
  logInBy,
  meRoutes,
  outcomeOf,
  refreshRoutes,
  signInBy,
  startWithAll,
  ticketIn,
  waysIn,
  type AnyAccount,
  type AnyTokens,
} from '../support/contracts';
import { changePassword } from '../support/lumina';
import { enableTotp, freshCode } from '../support/second-factor';
import { reset } from '../support/takeover';
import type { TestApp } from '../support/test-app';
import { anIdentifier, patch } from '../support/vault';

type Account = AnyAccount & { readonly email: string };

const NEXT = 'Wxyz789%-chosen-then';

let service: TestApp;
beforeAll(async () => {
  service = await startWithAll();
});
afterAll(() => service.close());

/** Every way to another password; `own` is the session that asks, where there is one. */
const changes: [string, (account: Account, own: AnyTokens) => Promise<'own session stays' | 'all sessions end'>][] = [
  [
    'native’s change by the old one',
    async ({ password }, own) => {
      const body = { old_password: password, new_password: NEXT };
      expectStatus(await service.post('/auth/change-password/change', body, bearer(own)), 204);
      return 'own session stays';
    },
  ],
  [
    'native’s mailed reset',
    async ({ email }) => {
      await reset(service, email, NEXT);
      return 'all sessions end';
    },
  ],
  [
    'claims’ mailed reset',
    async ({ email, username }) => {
      expectStatus(await service.post('/api/v1/password-reset', { email, username }), 200);
      expectStatus(await confirmReset(service, await newestTicket(service, { email }, 'reset-password'), NEXT), 200);
      return 'all sessions end';
    },
  ],
  [
    'lumina’s change by the old one',
    async ({ username, password }, own) => {
      const person = { username, password: password! };
      expectStatus(await changePassword(service, person, NEXT, { headers: bearer(own) }), 200);
      return 'own session stays';
    },
  ],
  [
    'lumina’s change without a session',
    async ({ username, password }) => {
      expectStatus(await changePassword(service, { username, password: password! }, NEXT), 200);
      return 'all sessions end';
    },
  ],
];

const byPassword = waysIn.filter(({ secret }) => secret === 'password');
const byVerifier = waysIn.filter(({ secret }) => secret === 'verifier');

async function sessionsByAll(account: AnyAccount): Promise<AnyTokens[]> {
  const sessions: AnyTokens[] = [];
  for (const wayIn of waysIn) sessions.push(await signInBy(service, wayIn, account));
  return sessions;
}

async function expectEnded({ access, refresh }: AnyTokens): Promise<void> {
  for (const url of meRoutes) expect(outcomeOf(await service.get(url, bearer({ access })))).toBe('session-ended');
  if (refresh === null) return;
  for (const { send } of refreshRoutes.filter(({ place }) => !place.startsWith('GET'))) {
    expect(outcomeOf(await send(service, refresh))).toBe('invalid-refresh-token');
  }
}

async function expectSecrets(account: AnyAccount, { password, verifier }: Record<'password' | 'verifier', string>) {
  for (const wayIn of waysIn) {
    const secret = wayIn.secret === 'password' ? password : verifier;
    expect([wayIn.way, outcomeOf(await logInBy(service, wayIn, account, { secret }))]).toEqual([
      wayIn.way,
      'signed in',
    ]);
  }
}

describe.each(changes)('%s', (_what, change) => {
  it('voids the old password in all contracts, and ends the sessions of all', async () => {
    const account = await anAccountOfAll(service);
    const [own, others] = [await signInBy(service, waysIn[0]!, account), await sessionsByAll(account)];
    const outcome = await change(account, own);
    for (const wayIn of byPassword) {
      expect([wayIn.way, outcomeOf(await logInBy(service, wayIn, account))]).toEqual([
        wayIn.way,
        'invalid-credentials',
      ]);
    }
    await expectSecrets(account, { password: NEXT, verifier: account.verifier! });
    for (const tokens of others) await expectEnded(tokens);
    if (outcome === 'all sessions end') await expectEnded(own);
    else for (const url of meRoutes) expect((await service.get(url, bearer(own))).statusCode).toBe(200);
  });
});

it('a changed master password voids the old verifier, ends the sessions of all contracts, and no password', async () => {
  const account = await anAccountOfAll(service);
  const [own, others] = [await signInBy(service, byVerifier[0]!, account), await sessionsByAll(account)];
  const next = anIdentifier({ authVerifier: 'the next verifier' });
  const body = { ...next, currentAuthVerifier: account.verifier };
  expectStatus(await patch(service, '/api/auth/verif/identifier', body, { sv_at: own.access }), 200);
  for (const wayIn of byVerifier) expect(outcomeOf(await logInBy(service, wayIn, account))).toBe('invalid-credentials');
  await expectSecrets(account, { password: account.password!, verifier: next.authVerifier });
  for (const tokens of others) await expectEnded(tokens);
});

it('a change of password voids what is half way in every contract', async () => {
  const account = await anAccountOfAll(service);
  const own = await signInBy(service, waysIn[0]!, account);
  const secret = await enableTotp(service, own);
  const tickets: [string, string][] = [];
  for (const wayIn of waysIn) tickets.push([wayIn.way, ticketIn(await logInBy(service, wayIn, account))]);
  const body = { old_password: account.password, new_password: NEXT };
  expectStatus(await service.post('/auth/change-password/change', body, bearer(own)), 204);
  for (const [way, ticket] of tickets) {
    const answer = await service.post('/auth/mfa/totp', { ticket, code: await freshCode(service, secret) });
    expect([way, outcomeOf(answer)]).toEqual([way, 'invalid-ticket']);
  }
});

it('a reset that one contract has spent is spent in the others', async () => {
  const { email } = await anAccountOfAll(service);
  const ticket = await resetTicket(service, { email });
  expectStatus(await confirmReset(service, ticket, NEXT), 200);
  const again = await service.post('/auth/change-password/change', { ticket, new_password: 'yet another' });
  expect(outcomeOf(again)).toBe('invalid-ticket');
  expect(outcomeOf(await confirmReset(service, ticket, 'yet another'))).toBe('invalid-ticket');
});
