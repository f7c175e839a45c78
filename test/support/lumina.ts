import type { Response } from 'light-my-request';
import { expectStatus } from './accounts';
import { scan } from './second-factor';
import type { TestApp } from './test-app';

export interface NamedPerson {
  readonly username: string;
  readonly password: string;
}

export interface NamedOwner extends NamedPerson {
  readonly id: string;
  /** Of the second factor, in base32, as a phone reads it from the picture; none of its codes has been used. */
  readonly secret: string;
}

let count = 0;

/** Somebody whom no other test knows. */
export function aNamedPerson(traits: Partial<NamedPerson> = {}): NamedPerson {
  count += 1;
  return { username: `JohnDoe-${String(count)}`, password: 'Abcd123$', ...traits };
}

export function luminaRegister(service: TestApp, person: NamedPerson, more: object = {}): Promise<Response> {
  const { username: Username, password: Password } = person;
  const body = { Username, Password, PasswordConfirm: Password, ...more };
  return service.post('/api/v1/auth/register', body);
}

/** Somebody with a second factor from the start. */
export async function aNamedOwner(
  service: TestApp,
  person: NamedPerson = aNamedPerson(),
): Promise<NamedOwner & { readonly secret: string }> {
  const body = expectStatus(await luminaRegister(service, person), 201).json<{ Id: string; TotpSecret: string }>();
  return { ...person, id: body.Id, secret: scan(body.TotpSecret).searchParams.get('secret') ?? '' };
}

/** Somebody without one. */
export async function aPlainOwner(
  service: TestApp,
  person: NamedPerson = aNamedPerson(),
): Promise<NamedPerson & { readonly id: string }> {
  const answer = expectStatus(await luminaRegister(service, person, { Use2fa: false }), 201);
  return { ...person, id: answer.json<{ Id: string }>().Id };
}

export function luminaLogin(
  service: TestApp,
  { username: Username, password: Password }: NamedPerson,
  code?: string,
  headers: Record<string, string> = {},
): Promise<Response> {
  const body = { Username, Password, ...(code === undefined ? {} : { TotpCode: code }) };
  return service.post('/api/v1/auth/login', body, headers);
}

/** The access token of a sign-in, and the device token that came with it. */
export async function luminaSignIn(
  service: TestApp,
  person: NamedPerson,
  code?: string,
  headers: Record<string, string> = {},
): Promise<{ readonly access: string; readonly device: string }> {
  const answer = expectStatus(await luminaLogin(service, person, code, headers), 200);
  return { access: answer.json<{ Token: string }>().Token, device: String(answer.headers['x-device-token']) };
}

export function recover(
  service: TestApp,
  { username: Username }: Pick<NamedPerson, 'username'>,
  TotpCode: string,
  headers: Record<string, string> = {},
): Promise<Response> {
  return service.post('/api/v1/auth/recover-password', { Username, TotpCode }, headers);
}

/** The temporary password that a code brings where there is no mailbox. */
export async function temporaryPassword(
  service: TestApp,
  person: Pick<NamedPerson, 'username'>,
  code: string,
): Promise<string> {
  const answer = expectStatus(await recover(service, person, code), 200);
  return answer.json<{ TemporaryPassword: string }>().TemporaryPassword;
}

export function changePassword(
  service: TestApp,
  { username: Username, password: CurrentPassword }: NamedPerson,
  NewPassword: string,
  { headers = {}, ...more }: { readonly headers?: Record<string, string>; readonly TotpCode?: string } = {},
): Promise<Response> {
  const body = { Username, CurrentPassword, NewPassword, NewPasswordConfirm: NewPassword, ...more };
  return service.post('/api/v1/auth/change-password', body, headers);
}
