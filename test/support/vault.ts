import type { Response } from 'light-my-request';
import { aPerson, expectStatus, type Person } from './accounts';
import type { TestApp } from './test-app';

export interface VaultPerson extends Person {
  readonly username: string;
}

/** What a client has derived from a master password, and what it keeps with the service. */
export interface Identifier {
  readonly encryptedDek: string;
  readonly salt: string;
  readonly nonce: string;
  readonly argon2Params: string;
  readonly authVerifier: string;
}

/** `Set-Cookie` of an answer, by name. */
export function cookiesOf(response: Response): Record<string, string> {
  return Object.fromEntries(response.cookies.map(({ name, value }) => [name, value]));
}

/** The header that sends cookies back; those that were cleared are left out. */
export function cookieHeader(cookies: Readonly<Record<string, string>>): { cookie: string } {
  const pairs = Object.entries(cookies).filter(([, value]) => value !== '');
  return { cookie: pairs.map(([name, value]) => `${name}=${value}`).join('; ') };
}

let count = 0;

export function aVaultPerson(traits: Partial<VaultPerson> = {}): VaultPerson {
  count += 1;
  return { ...aPerson(), username: `vault-${String(count)}-owner`, ...traits };
}

export function anIdentifier(traits: Partial<Identifier> = {}): Identifier {
  return {
    encryptedDek: Buffer.alloc(48, 1).toString('base64'),
    salt: Buffer.alloc(16, 2).toString('base64'),
    nonce: Buffer.alloc(24, 3).toString('base64'),
    argon2Params: '{"algorithm":"argon2id","version":19,"memory":65536,"iterations":3,"parallelism":4}',
    authVerifier: 'dmVyaWZpZXIgb2YgdGhlIG93bmVy',
    ...traits,
  };
}

export function patch(
  service: TestApp,
  url: string,
  body: unknown,
  cookies: Readonly<Record<string, string>>,
): Promise<Response> {
  const payload = body === undefined ? {} : { payload: body as object };
  return service.inject({ method: 'PATCH', url, headers: cookieHeader(cookies), ...payload });
}

/** Begins an enrolment. Returns the cookies that name it. */
export async function enrol(
  service: TestApp,
  { username, email }: Pick<VaultPerson, 'username' | 'email'>,
): Promise<Record<string, string>> {
  const answer = expectStatus(await service.post('/api/auth', { username, email }), 200);
  // delivered before anything else is asked for: of mails due at one instant any may come first
  await service.mailsTo(email);
  return cookiesOf(answer);
}

/** The code of the newest mail that has one. */
export async function mailedCode(service: TestApp, { email }: Pick<Person, 'email'>): Promise<string> {
  const codes = (await service.mailsTo(email)).flatMap(({ text }) => /^\d{6}$/m.exec(text) ?? []);
  const [code] = codes;
  if (code === undefined) throw new Error(`no mail to ${email} has a code`);
  return code;
}

/** Begins an enrolment and proves its mailbox. Returns the cookies that name it. */
export async function enrolAndProve(service: TestApp, person: VaultPerson): Promise<Record<string, string>> {
  const cookies = await enrol(service, person);
  const otpCode = await mailedCode(service, person);
  expectStatus(await patch(service, '/api/auth/verif/otp', { otpCode }, cookies), 200);
  return cookies;
}

/** Somebody with a vault, and the cookies of the session that the enrolment ended in. */
export async function aVault(
  service: TestApp,
  person: VaultPerson = aVaultPerson(),
  identifier: Identifier = anIdentifier(),
): Promise<{ person: VaultPerson; identifier: Identifier; cookies: Record<string, string> }> {
  const cookies = await enrolAndProve(service, person);
  const answer = expectStatus(await patch(service, '/api/auth/verif/identifier', identifier, cookies), 200);
  return { person, identifier, cookies: cookiesOf(answer) };
}

export function vaultLogin(
  service: TestApp,
  { email }: Pick<Person, 'email'>,
  authVerifier: string,
  more: { readonly totpCode?: string; readonly headers?: Record<string, string> } = {},
): Promise<Response> {
  const { headers = {}, ...rest } = more;
  return service.post('/api/auth/login', { email, authVerifier, ...rest }, headers);
}

/** Undoes a change by its mailed link: the vault counts as `next` from then on. */
export function undoInApp(
  service: TestApp,
  token: string,
  formerAuthVerifier: string,
  next: Identifier,
): Promise<Response> {
  return service.post('/api/auth/undo', { token, formerAuthVerifier, ...next });
}
