import type { Response } from 'light-my-request';
import { aPerson, anAccount, expectStatus, tokensIn, type Tokens } from './accounts';
import { aClaimsAccount, claimsLogin, claimsRefresh, claimsTokensIn } from './claims';
import { aPlainOwner, luminaLogin } from './lumina';
import { aSealedPerson, sealedLogin, sealedRefresh, sealedRegister, type SealedTokens } from './sealed';
import { TurnstileModule } from './sixth-contract/turnstile.module';
import { reset } from './takeover';
import { startTestApp, type TestApp } from './test-app';
import { aTurnstileAccount, enter, passIn } from './turnstile';
import { aVault, aVaultPerson, cookiesOf, vaultLogin } from './vault';

/** What an account can be signed in by; null where it has no such thing. */
export interface AnyAccount {
  readonly email: string | null;
  readonly username: string;
  readonly password: string | null;
  readonly verifier: string | null;
}

/** Tokens as any contract gives them. */
export type AnyTokens = Pick<Tokens, 'access' | 'device'> & { readonly refresh: string | null };

export interface SignInAttempt {
  /** In place of the account's own. */
  readonly secret?: string;
  readonly code?: string;
  readonly headers?: Record<string, string>;
}

/** One way to sign in, as the clients of a contract do. */
export interface WayIn {
  readonly way: string;
  readonly contract: string;
  readonly by: 'email' | 'username';
  readonly secret: 'password' | 'verifier';
  logIn(service: TestApp, name: string, secret: string, attempt: Omit<SignInAttempt, 'secret'>): Promise<Response>;
  tokensIn(answer: Response): AnyTokens;
}

const withCode = (field: string, code: string | undefined) => (code === undefined ? {} : { [field]: code });

const native = (by: 'email' | 'username'): WayIn => ({
  way: `native by ${by}`,
  contract: 'native',
  by,
  secret: 'password',
  logIn: (service, name, password, { code, headers }) =>
    service.post('/auth/login', { [by]: name, password, cookie: false, ...withCode('totp_code', code) }, headers),
  tokensIn,
});

export const waysIn: readonly WayIn[] = [
  native('email'),
  native('username'),
  {
    way: 'vault',
    contract: 'vault',
    by: 'email',
    secret: 'verifier',
    logIn: (service, email, verifier, { code, headers = {} }) =>
      vaultLogin(service, { email }, verifier, { ...withCode('totpCode', code), headers }),
    tokensIn: (answer) => {
      const { sv_at: access = '', sv_rt: refresh = '', device = '' } = cookiesOf(answer);
      return { access, refresh, device };
    },
  },
  {
    way: 'claims',
    contract: 'claims',
    by: 'email',
    secret: 'password',
    logIn: (service, email, password, { code, headers = {} }) =>
      claimsLogin(service, { email, password }, { ...withCode('totp_code', code), headers }),
    tokensIn: claimsTokensIn,
  },
  {
    way: 'lumina',
    contract: 'lumina',
    by: 'username',
    secret: 'password',
    logIn: (service, username, password, { code, headers }) =>
      luminaLogin(service, { username, password }, code, headers),
    tokensIn: (answer) => ({
      access: answer.json<{ Token: string }>().Token,
      refresh: null,
      device: String(answer.headers['x-device-token']),
    }),
  },
  {
    way: 'sealed',
    contract: 'sealed',
    by: 'username',
    secret: 'password',
    logIn: (service, username, password, { code, headers }) =>
      sealedLogin(service, { username, password, ...withCode('totpCode', code) }, headers),
    tokensIn: (answer) => {
      const { accessToken: access, refreshToken: refresh } = answer.json<{ tokens: SealedTokens }>().tokens;
      return { access, refresh, device: String(answer.headers['x-device-token']) };
    },
  },
  {
    way: 'turnstile',
    contract: 'turnstile',
    by: 'email',
    secret: 'password',
    logIn: (service, email, password, { code, headers }) =>
      enter(service, { email, password }, withCode('digits', code), headers),
    tokensIn: (answer) => ({ ...passIn(answer), refresh: null }),
  },
];

/** Where a contract exchanges refresh tokens, in each place for one; whether that session goes on is another matter. */
export const refreshRoutes: readonly {
  readonly contract: string;
  readonly place: string;
  readonly send: (service: TestApp, token: string) => Promise<Response>;
}[] = [
  {
    contract: 'native',
    place: 'POST /auth/token/refresh',
    send: (service, refresh_token) => service.post('/auth/token/refresh', { refresh_token }),
  },
  {
    contract: 'native',
    place: 'the cookie refresh_token',
    send: (service, token) => service.post('/auth/token/refresh', undefined, { cookie: `refresh_token=${token}` }),
  },
  {
    contract: 'native',
    place: 'GET /auth/token/refresh',
    send: (service, token) => service.get(`/auth/token/refresh?refresh_token=${token}`),
  },
  {
    contract: 'vault',
    place: 'the cookie sv_rt',
    send: (service, token) => service.post('/api/auth/refresh', undefined, { cookie: `sv_rt=${token}` }),
  },
  { contract: 'claims', place: 'POST /api/v1/refresh', send: claimsRefresh },
  { contract: 'sealed', place: 'the header refresh-token', send: sealedRefresh },
];

/** Where each contract says who is signed in. */
export const meRoutes = ['/user/me', '/api/auth/me', '/api/v1/authorized/me', '/turnstile/visitor'] as const;

/** An account as each contract makes it. */
export const makers: Readonly<Record<string, (service: TestApp) => Promise<AnyAccount>>> = {
  native: async (service) => {
    const username = aPerson().email.replace('@', '-at-');
    return { ...(await anAccount(service, { username })), username, verifier: null };
  },
  vault: async (service) => {
    const { person, identifier } = await aVault(service);
    return { ...person, password: null, verifier: identifier.authVerifier };
  },
  claims: async (service) => ({ ...(await aClaimsAccount(service)), verifier: null }),
  lumina: async (service) => ({ ...(await aPlainOwner(service)), email: null, verifier: null }),
  sealed: async (service) => {
    const person = aSealedPerson();
    expectStatus(await sealedRegister(service, person), 201);
    return { ...person, verifier: null };
  },
  turnstile: async (service) => ({ ...(await aTurnstileAccount(service)), verifier: null }),
};

/** Somebody whom every contract lets in: with address, username, verifier and password. */
export async function anAccountOfAll(service: TestApp): Promise<AnyAccount & { readonly email: string }> {
  const { person, identifier } = await aVault(service, aVaultPerson({ password: 'Abcd123$-of-all' }));
  await reset(service, person.email, person.password);
  return { ...person, verifier: identifier.authVerifier };
}

/** The service with the five contracts' and the sixth's routes. */
export function startWithAll(environment: Record<string, string> = {}): Promise<TestApp> {
  return startTestApp({ modules: [TurnstileModule], environment });
}

/** Whether the account has what this way asks for. */
export function isOpenTo(account: AnyAccount, { by, secret }: WayIn): boolean {
  return account[by] !== null && account[secret] !== null;
}

/** Signs in as the way does. What the account does not have is made up. */
export function logInBy(
  service: TestApp,
  wayIn: WayIn,
  account: AnyAccount,
  { secret, ...attempt }: SignInAttempt = {},
): Promise<Response> {
  const name = account[wayIn.by] ?? `${account.username}@example.com`;
  const own = account[wayIn.secret] ?? account.password ?? account.verifier ?? '';
  return wayIn.logIn(service, name, secret ?? own, attempt);
}

export async function signInBy(
  service: TestApp,
  wayIn: WayIn,
  account: AnyAccount,
  attempt: SignInAttempt = {},
): Promise<AnyTokens> {
  const answer = await logInBy(service, wayIn, account, attempt);
  if (outcomeOf(answer) !== 'signed in') throw new Error(`${wayIn.way}: ${answer.body}`);
  return wayIn.tokensIn(answer);
}

interface AnyBody {
  readonly mfa?: boolean;
  readonly ticket?: string;
  readonly code?: string;
  readonly refused?: string;
  readonly error?: string | { readonly code: string; readonly details?: { readonly ticket?: string } };
}

/** `signed in`, or the code of the refusal in whatever shape. Native's 200 that asks for a code is `mfa-required`. */
export function outcomeOf(answer: Response): string {
  const { mfa, code, refused, error } = answer.json<AnyBody>();
  if (mfa === true) return 'mfa-required';
  if (answer.statusCode === 200) return 'signed in';
  return (typeof error === 'object' ? error.code : (code ?? refused)) ?? answer.body;
}

/** The ticket of an answer that asks for the second factor. */
export function ticketIn(answer: Response): string {
  const { ticket, error } = answer.json<AnyBody>();
  const found = typeof error === 'object' ? error.details?.ticket : ticket;
  if (found === undefined) throw new Error(`no ticket: ${answer.body}`);
  return found;
}
