import { decodeJwt } from 'jose';
import { bearer, tokensIn } from '../support/accounts';
import {
  anAccountOfAll,
  isOpenTo,
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
  type WayIn,
} from '../support/contracts';
import { aNamedOwner } from '../support/lumina';
import { codeNow, enableTotp, freshCode, replaceRecoveryCodes, wrongCode } from '../support/second-factor';
import type { TestApp } from '../support/test-app';
import { cookiesOf } from '../support/vault';

let service: TestApp;
beforeAll(async () => {
  service = await startWithAll({ TRUST_PROXY: '1' });
});
afterAll(() => service.close());

const named = waysIn.map((wayIn) => [wayIn.way, wayIn] as const);
const from = (ip: string) => ({ 'x-forwarded-for': ip });

interface Secured {
  readonly account: AnyAccount;
  /** Of the session that enabled the factor. */
  readonly tokens: AnyTokens;
  readonly secret: string;
}

/** Somebody whom every contract lets in, with a second factor that a session of one of them enabled. */
async function aSecuredAccount(enabledBy: WayIn): Promise<Secured> {
  const account = await anAccountOfAll(service);
  const tokens = await signInBy(service, enabledBy, account);
  return { account, tokens, secret: await enableTotp(service, tokens) };
}

const ofEachContract = named.filter(([, { way }]) => way !== 'native by username');

describe.each(ofEachContract)('a second factor that a session of %s enabled', (_way, enabledBy) => {
  let secured: Secured;
  beforeAll(async () => {
    secured = await aSecuredAccount(enabledBy);
  });

  it.each(named)('is asked for by %s, which gives nothing that signs in', async (_other, wayIn) => {
    const answer = await logInBy(service, wayIn, secured.account);
    expect(outcomeOf(answer)).toBe('mfa-required');
    expect([answer.cookies, answer.headers['x-device-token']]).toEqual([[], undefined]);
    expect(answer.body).not.toMatch(/eyJ[\w-]+\.eyJ/);
    const wrong = { code: await wrongCode(service, secured.secret) };
    expect(outcomeOf(await logInBy(service, wayIn, secured.account, wrong))).toBe('invalid-code');
    const guess = { secret: 'not this one', code: await codeNow(service, secured.secret) };
    expect(outcomeOf(await logInBy(service, wayIn, secured.account, guess))).toBe('invalid-credentials');
  });

  it.each(named)('is taken by %s inline', async (_other, wayIn) => {
    const code = await freshCode(service, secured.secret);
    const { access } = await signInBy(service, wayIn, secured.account, { code });
    expect(decodeJwt(access)['amr']).toEqual(['pwd', 'otp']);
  });
});

describe.each(named)('a sign-in that %s has left half way', (_way, wayIn) => {
  let secured: Secured;
  beforeAll(async () => {
    secured = await aSecuredAccount(wayIn);
  });
  const finish = (ticket: string, code: string) => service.post('/auth/mfa/totp', { ticket, code });
  const ticket = async () => ticketIn(await logInBy(service, wayIn, secured.account));

  it('is finished at /auth/mfa/totp, once, as a session of that contract', async () => {
    const [half, code] = [await ticket(), await freshCode(service, secured.secret)];
    const answer = await finish(half, code);
    expect(answer.statusCode).toBe(200);
    const { access } = tokensIn(answer);
    expect(decodeJwt(access)['amr']).toEqual(['pwd', 'otp']);
    for (const url of meRoutes) expect((await service.get(url, bearer({ access }))).statusCode).toBe(200);
    const list = (await service.get('/auth/sessions', bearer({ access }))).json<
      { contract: string; current: boolean }[]
    >();
    expect(list.find(({ current }) => current)?.contract).toBe(wayIn.contract);
    expect(outcomeOf(await finish(half, await freshCode(service, secured.secret)))).toBe('invalid-ticket');
  });

  it('lives as long, and refreshes at the same place, as one that was not', async () => {
    const inline = await signInBy(service, wayIn, secured.account, { code: await freshCode(service, secured.secret) });
    const answer = await finish(await ticket(), await freshCode(service, secured.secret));
    const { access, refresh = cookiesOf(answer)['sv_rt'] ?? null } = tokensIn(answer) as Partial<AnyTokens>;
    const life = (token: string) => Number(decodeJwt(token).exp) - Number(decodeJwt(token).iat);
    expect(life(access!)).toBe(life(inline.access));
    expect(refresh === null).toBe(inline.refresh === null);
    expect(Object.keys(answer.json()).includes('refresh_expires_in')).toBe(
      wayIn.contract !== 'vault' && refresh !== null,
    );
    if (refresh === null) return;
    expect(life(refresh)).toBe(life(inline.refresh!));
    for (const { contract, send } of refreshRoutes.filter(({ place }) => !place.startsWith('GET'))) {
      if (contract === wayIn.contract) continue;
      expect(outcomeOf(await send(service, refresh))).toBe('invalid-refresh-token');
    }
    const own = refreshRoutes.find(({ contract }) => contract === wayIn.contract);
    expect(outcomeOf(await own!.send(service, refresh))).toBe('signed in');
  });

  it('takes a recovery code, inline or with the ticket, once in all', async () => {
    const [first = '', second = ''] = await replaceRecoveryCodes(service, secured.tokens);
    await signInBy(service, wayIn, secured.account, { code: first });
    expect((await finish(await ticket(), second)).statusCode).toBe(200);
    const other = waysIn[(waysIn.indexOf(wayIn) + 1) % waysIn.length]!;
    for (const code of [first, second]) {
      expect(outcomeOf(await logInBy(service, other, secured.account, { code }))).toBe('invalid-code');
    }
  });
});

it('a code that one contract has taken is spent in all', async () => {
  const { account, secret } = await aSecuredAccount(waysIn[0]!);
  for (const wayIn of waysIn) {
    const code = await freshCode(service, secret);
    await signInBy(service, wayIn, account, { code });
    for (const other of waysIn)
      expect(outcomeOf(await logInBy(service, other, account, { code }))).toBe('invalid-code');
  }
});

it('a factor that lumina made with the account is asked for wherever the account is let in', async () => {
  const owner = await aNamedOwner(service);
  const account = { ...owner, email: null, verifier: null };
  for (const wayIn of waysIn.filter((each) => isOpenTo(account, each))) {
    expect(outcomeOf(await logInBy(service, wayIn, account))).toBe('mfa-required');
    const code = await freshCode(service, owner.secret);
    expect(outcomeOf(await logInBy(service, wayIn, account, { code }))).toBe('signed in');
  }
});

it('a factor that is taken away is asked for nowhere', async () => {
  const { account, tokens, secret } = await aSecuredAccount(waysIn[0]!);
  const disabled = await service.post('/auth/mfa/disable', { code: await freshCode(service, secret) }, bearer(tokens));
  expect(disabled.statusCode).toBe(204);
  for (const wayIn of waysIn) expect(outcomeOf(await logInBy(service, wayIn, account))).toBe('signed in');
});

it('wrong codes count together, through whichever contract they come', async () => {
  const { account, secret } = await aSecuredAccount(waysIn[0]!);
  for (let tries = 0; tries < 10; tries += 1) {
    const attempt = { code: await wrongCode(service, secret), headers: from(`198.51.100.${String(tries)}`) };
    expect(outcomeOf(await logInBy(service, waysIn[tries % waysIn.length]!, account, attempt))).toBe('invalid-code');
  }
  for (const wayIn of waysIn) {
    const attempt = { code: await freshCode(service, secret), headers: from('203.0.113.5') };
    expect([wayIn.way, outcomeOf(await logInBy(service, wayIn, account, attempt))]).toEqual([wayIn.way, 'locked']);
  }
});
