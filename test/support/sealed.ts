import type { Response } from 'light-my-request';
import { aPerson, expectStatus, type Person } from './accounts';
import { sealedClients } from './sealed-clients';
import type { TestApp } from './test-app';

export interface SealingKey {
  readonly id: number;
  readonly key: string;
}

export interface SealedFields {
  readonly encryptedPassword: string;
  readonly keyID: number;
}

export interface SealedTokens {
  readonly accessToken: string;
  readonly refreshToken: string;
}

export async function sealingKey(service: TestApp): Promise<SealingKey> {
  return expectStatus(await service.get('/auth/key'), 200).json<SealingKey>();
}

/** A password as a client sends it, under the key of now. */
export async function seal(service: TestApp, password: string, client = 'jsencrypt'): Promise<SealedFields> {
  const { id, key } = await sealingKey(service);
  const encrypt = sealedClients[client];
  if (!encrypt) throw new Error(`${client} is no client`);
  return { encryptedPassword: await encrypt(password, key), keyID: id };
}

export interface SealedSignIn {
  readonly username: string;
  readonly password: string;
  readonly totpCode?: string;
}

export async function sealedLogin(
  service: TestApp,
  { username, password, totpCode }: SealedSignIn,
  headers: Record<string, string> = {},
): Promise<Response> {
  return service.post(
    '/auth/login',
    { username, ...(totpCode === undefined ? {} : { totpCode }), ...(await seal(service, password)) },
    headers,
  );
}

let people = 0;

/** Somebody with a username, whom no other test knows. */
export function aSealedPerson(traits: Partial<Person> = {}): Person & { readonly username: string } {
  people += 1;
  return { username: `seal-${String(people).padStart(4, '0')}`, ...aPerson(), ...traits };
}

export async function sealedRegister(service: TestApp, { email, username, password }: Person): Promise<Response> {
  return service.post('/auth/register', { email, username, ...(await seal(service, password)) });
}

export function sealedRefresh(service: TestApp, refreshToken: string): Promise<Response> {
  return service.get('/auth/refresh-token', { 'refresh-token': refreshToken });
}

export function tokensIn(response: Response, status: 200 | 201 = 200): SealedTokens {
  return expectStatus(response, status).json<{ tokens: SealedTokens }>().tokens;
}

/** Asks for a code. Returns the challenge, and the code if the mailbox got one. */
export async function forgetPassword(
  service: TestApp,
  { email }: Pick<Person, 'email'>,
): Promise<{ challage: string; code: string | null }> {
  const { challage } = expectStatus(await service.post('/auth/forget-password', { email }), 200).json<{
    challage: string;
  }>();
  const [mail] = (await service.mailsTo(email)).filter(({ subject }) => /code to choose a new password/.test(subject));
  return { challage, code: /^\d{6}$/m.exec(mail?.text ?? '')?.[0] ?? null };
}

export function validateOtp(service: TestApp, challage: string, oneTimePassword: string): Promise<Response> {
  return service.post(`/auth/validate-otp/${challage}`, { oneTimePassword });
}

/** What is wrong, after looking at all that the errors of this contract have in common. */
export function sealedProblemOf(response: Response): { readonly status: number; readonly code: string } {
  const { statusCode, message, error, code, ...more } = response.json<Record<string, unknown>>();
  expect(response.headers['content-type']).toBe('application/json; charset=utf-8');
  expect([statusCode, message, error]).toEqual([response.statusCode, expect.any(String), expect.any(String)]);
  expect(Object.keys(more)).toEqual(code === 'mfa-required' ? ['ticket'] : []);
  return { status: response.statusCode, code: String(code) };
}
