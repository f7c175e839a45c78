import type { Response } from 'light-my-request';
import { aPerson, expectStatus, type Person } from './accounts';
import type { TestApp } from './test-app';

export interface ClaimsPerson extends Person {
  readonly username: string;
}

/** Tokens as this contract gives them. */
export interface ClaimsTokens {
  readonly access: string;
  readonly refresh: string;
  readonly device: string;
}

let count = 0;

export function aClaimsPerson(traits: Partial<ClaimsPerson> = {}): ClaimsPerson {
  count += 1;
  return { ...aPerson(), username: `claims-${String(count)}`, ...traits };
}

export function claimsRegister(service: TestApp, person: ClaimsPerson, query = ''): Promise<Response> {
  const { email, username, password } = person;
  return service.post(`/api/v1/register${query}`, { email, username, password });
}

/** Somebody who has registered here and signs in at once, the address unproved. */
export async function aClaimsAccount(service: TestApp, traits: Partial<ClaimsPerson> = {}): Promise<ClaimsPerson> {
  const person = aClaimsPerson(traits);
  expectStatus(await claimsRegister(service, person), 201);
  // delivered before anything else is asked for: of mails due at one instant any may come first
  await service.mailsTo(person.email);
  return person;
}

export function claimsLogin(
  service: TestApp,
  { email, password }: Pick<Person, 'email' | 'password'>,
  more: { readonly totp_code?: string; readonly headers?: Record<string, string> } = {},
): Promise<Response> {
  const { headers = {}, ...rest } = more;
  return service.post('/api/v1/login', { email, password, ...rest }, headers);
}

export function claimsTokensIn(answer: Response): ClaimsTokens {
  const { access_token: access, refresh_token: refresh } = answer.json<{
    access_token: string;
    refresh_token: string;
  }>();
  return { access, refresh, device: String(answer.headers['x-device-token']) };
}

export async function claimsSignIn(
  service: TestApp,
  person: Pick<Person, 'email' | 'password'>,
  headers: Record<string, string> = {},
): Promise<ClaimsTokens> {
  return claimsTokensIn(expectStatus(await claimsLogin(service, person, { headers }), 200));
}

export function claimsRefresh(service: TestApp, token: unknown): Promise<Response> {
  return service.post('/api/v1/refresh', { refresh_token: token });
}

export function verifyToken(service: TestApp, token: unknown): Promise<Response> {
  return service.post('/api/v1/verify', { token });
}

export function confirmReset(service: TestApp, token: string, password: string, again = password): Promise<Response> {
  const url = `/api/v1/password-reset-confirm?token=${encodeURIComponent(token)}`;
  return service.post(url, { new_password: password, new_password_confirm: again });
}

/** What an answer refuses, after looking at everything that this contract's errors have in common. */
export function claimsProblemOf(response: Response): { readonly status: number; readonly code: string } {
  const status = response.statusCode;
  expect(response.headers['content-type']).toBe('application/json; charset=utf-8');
  expect(response.headers['cache-control']).toBe('no-store');
  const { code, ...body } = response.json<{ code: string }>();
  const ticket = code === 'mfa-required' ? { ticket: expect.stringMatching(/^\S{1,256}$/) as string } : {};
  expect(body).toEqual({ error: expect.stringMatching(/\.$/), ...ticket });
  if (status === 401) expect(response.headers['www-authenticate']).toMatch(/^Bearer realm="latchkey"/);
  else expect(response.headers['www-authenticate']).toBeUndefined();
  if (status === 429) expect(Number(response.headers['retry-after'])).toBeGreaterThan(0);
  return { status, code };
}
