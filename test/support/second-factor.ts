import jsQR from 'jsqr';
import { PNG } from 'pngjs';
import { anAccount, bearer, expectStatus, signIn, tokensIn, type Person, type Tokens } from './accounts';
import type { TestApp } from './test-app';
import { totpGenerators } from './totp-generators';

export interface SecuredAccount {
  readonly owner: Person;
  readonly tokens: Tokens;
  /** In base32. Its last code has been used. */
  readonly secret: string;
}

/** The code that an authenticator app shows now. It may have been used already. */
export async function codeNow(service: Pick<TestApp, 'clock'>, secret: string, app = 'otpauth'): Promise<string> {
  const code = await totpGenerators[app]?.(secret, service.clock.now());
  if (code === undefined) throw new Error(`${app} is no generator`);
  return code;
}

/** Waits for the next code, which nobody has used. */
export function freshCode(service: Pick<TestApp, 'clock'>, secret: string, app?: string): Promise<string> {
  service.clock.advanceSeconds(30);
  return codeNow(service, secret, app);
}

/** Six digits that are none of the codes around now. */
export async function wrongCode(service: Pick<TestApp, 'clock'>, secret: string): Promise<string> {
  const { clock } = service;
  const around: (string | undefined)[] = [];
  for (const steps of [-1, 0, 1]) {
    around.push(await totpGenerators['otpauth']?.(secret, new Date(clock.now().getTime() + steps * 30_000)));
  }
  return ['000000', '111111', '222222', '333333'].find((code) => !around.includes(code)) ?? '444444';
}

export async function generate(service: TestApp, tokens: Pick<Tokens, 'access'>): Promise<string> {
  const answer = expectStatus(await service.post('/auth/mfa/generate', undefined, bearer(tokens)), 200);
  return answer.json<{ otp_secret: string }>().otp_secret;
}

/** Gives the account of a session a second factor. Returns its secret in base32. */
export async function enableTotp(service: TestApp, tokens: Pick<Tokens, 'access'>): Promise<string> {
  const secret = await generate(service, tokens);
  const code = await freshCode(service, secret);
  expectStatus(await service.post('/auth/mfa/enable', { code }, bearer(tokens)), 204);
  return secret;
}

export async function replaceRecoveryCodes(service: TestApp, tokens: Pick<Tokens, 'access'>): Promise<string[]> {
  const answer = expectStatus(await service.post('/auth/mfa/recovery-codes', undefined, bearer(tokens)), 200);
  return answer.json<{ recovery_codes: string[] }>().recovery_codes;
}

/** What a phone's camera reads from a QR code given as a PNG data URI. */
export function scan(imageUrl: string): URL {
  const [, base64] = /^data:image\/png;base64,([\w+/=]+)$/.exec(imageUrl) ?? [];
  if (base64 === undefined) throw new Error('no PNG data URI');
  const { data, width, height } = PNG.sync.read(Buffer.from(base64, 'base64'));
  const code = jsQR(new Uint8ClampedArray(data), width, height);
  if (!code) throw new Error('no QR code can be read');
  return new URL(code.data);
}

/** Somebody signed in, with a second factor. */
export async function aSecuredAccount(service: TestApp, traits: Partial<Person> = {}): Promise<SecuredAccount> {
  const owner = await anAccount(service, traits);
  const tokens = await signIn(service, owner);
  return { owner, tokens, secret: await enableTotp(service, tokens) };
}

/** What the right password of such an account brings: a ticket that waits for a code. */
export async function ticketFor(
  service: TestApp,
  { email, password }: Pick<Person, 'email' | 'password'>,
  more: object = { cookie: false },
): Promise<string> {
  const answer = expectStatus(await service.post('/auth/login', { email, password, ...more }), 200);
  return answer.json<{ ticket: string }>().ticket;
}

/** Signs in with both factors. */
export async function signInWithCode(
  service: TestApp,
  person: Pick<Person, 'email' | 'password'>,
  code: string,
): Promise<Tokens> {
  const ticket = await ticketFor(service, person);
  return tokensIn(expectStatus(await service.post('/auth/mfa/totp', { ticket, code }), 200));
}

/** The tokens of a session whose proof has grown older than 15 minutes. */
export async function anOldSession(service: TestApp, tokens: Tokens): Promise<Tokens> {
  service.clock.advanceSeconds(15 * 60 + 1);
  const refreshed = await service.post('/auth/token/refresh', { refresh_token: tokens.refresh });
  return { ...tokensIn(expectStatus(refreshed, 200)), device: tokens.device };
}
