import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from '../support/eventually';
import { ServiceProcess } from '../support/service-process';
import { liveBySealed } from '../support/sealed-life';
import { scan } from '../support/second-factor';
import { createTestDatabase, type TestDatabase } from '../support/test-database';
import { totpGenerators } from '../support/totp-generators';

const EMAIL = 'whole-life@example.com';
const PASSWORDS = [
  'first-password-8f1c',
  'second-password-2b7e',
  'third-password-9d3a',
  'wrong-password-4e6f',
  'Fourth-password-7a5d',
  'Fifth-password-1c2e',
] as const;
const [FIRST, SECOND, THIRD, WRONG, FOURTH, FIFTH] = PASSWORDS;
const QUERY = 'query-string-6c5b4a';
const FORM = { 'content-type': 'application/x-www-form-urlencoded' };

/** Everything that must not be found in the log; what the service hands out is added as it comes. */
const secrets = new Set<string>([...PASSWORDS, QUERY, EMAIL]);

let database: TestDatabase;
let dataDir: string;
let service: ServiceProcess;
beforeAll(async () => {
  database = await createTestDatabase();
  dataDir = mkdtempSync(join(tmpdir(), 'latchkey-log-'));
  const environment = {
    DATABASE_URL: database.url,
    LOG_LEVEL: 'trace',
    NODE_ENV: 'production',
    MASTER_KEY: randomKey(),
  };
  service = await ServiceProcess.start({ dataDir, environment });
});
afterAll(async () => {
  await service.stop();
  await database.drop();
  rmSync(dataDir, { recursive: true, force: true });
});

function randomKey(): string {
  const key = Buffer.alloc(32, 7).toString('base64');
  secrets.add(key);
  return key;
}

async function post(path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Response> {
  const answer = await service.post(`${path}?note=${QUERY}`, body, headers);
  for (const cookie of answer.headers.getSetCookie()) secrets.add(cookie.split(';', 1)[0]?.split('=')[1] ?? '');
  return answer;
}

async function signIn(password: string) {
  const answer = await post('/auth/login', { email: EMAIL, password, cookie: false });
  expect(answer.status).toBe(200);
  const tokens = (await answer.json()) as { jwt_token: string; refresh_token: string; device_token: string };
  for (const token of [tokens.jwt_token, tokens.refresh_token, tokens.device_token]) secrets.add(token);
  return { ...tokens, bearer: { authorization: `Bearer ${tokens.jwt_token}` } };
}

async function newestTicket(page: string): Promise<string> {
  return eventually(async () => {
    const answer = await service.get(`/dev/mailbox.json?to=${EMAIL}`);
    const mails = (await answer.json()) as { text: string }[];
    const tickets = mails.flatMap(({ text }) => new RegExp(`/${page}\\?(?:ticket|token)=(\\S+)`).exec(text)?.[1] ?? []);
    const fresh = tickets.find((ticket) => !secrets.has(ticket));
    if (fresh === undefined) throw new Error(`no new mail opens ${page}`);
    secrets.add(fresh);
    return fresh;
  });
}

async function live(): Promise<void> {
  await post('/auth/register', { email: EMAIL, password: FIRST, username: 'ab', user_data: { password: SECOND } });
  await post('/auth/register', { email: EMAIL, password: FIRST });
  const activation = await newestTicket('activate');
  await service.get(`/activate?ticket=${activation}`, { referer: `${service.url}/activate?ticket=${activation}` });
  const form = new URLSearchParams({ ticket: activation, password: WRONG }).toString();
  await fetch(`${service.url}/activate`, { method: 'POST', headers: FORM, body: form });
  expect((await post('/auth/activate', { ticket: activation })).status).toBe(204);
  await post('/auth/login', { email: EMAIL, password: WRONG });
  await post('/auth/login', { email: EMAIL, password: FIRST });
  const first = await signIn(FIRST);
  const cookies = { cookie: `refresh_token=${first.refresh_token}; device=${first.device_token}` };
  await post('/auth/token/refresh', undefined, { ...cookies, origin: 'https://evil.example.com' });
  await post('/auth/token/refresh', undefined, cookies);
  await post('/auth/token/refresh', { refresh_token: `${first.refresh_token}x` });
  await post('/auth/reauthenticate', { password: WRONG }, first.bearer);
  await post('/auth/change-password/change', { old_password: FIRST, new_password: SECOND }, first.bearer);
  await post('/auth/change-password/request', { email: EMAIL });
  const reset = await newestTicket('reset-password');
  await service.get(`/reset-password?token=${reset}`);
  expect((await post('/auth/change-password/change', { ticket: reset, new_password: THIRD })).status).toBe(204);
  const last = await signIn(THIRD);
  await service.get(`/user/me?access_token=${last.jwt_token}`, last.bearer);
  await service.get('/auth/sessions', { 'access-token': last.jwt_token });
  await keepFiles(last.bearer);
  await breakThings(last.jwt_token);
  expect((await post('/auth/delete', undefined, last.bearer)).status).toBe(204);
}

/** A file's name is its owner's affair, and a share token in a URL is as good as a password. */
async function keepFiles(bearer: { authorization: string }): Promise<void> {
  const name = 'name-of-a-file-3d7e';
  secrets.add(name);
  const { uuid } = (await (await service.get('/user/me', bearer)).json()) as { uuid: string };
  const url = `${service.url}/storage/user/${uuid}/${name}`;
  const body = new FormData();
  body.append('file', new Blob(['content-of-a-file-5a1b']), name);
  secrets.add('content-of-a-file-5a1b');
  const stored = await fetch(`${url}?description=${QUERY}`, { method: 'POST', headers: bearer, body });
  const { Metadata } = (await stored.json()) as { Metadata: { token: string } };
  secrets.add(Metadata.token);
  expect((await fetch(`${url}?token=${Metadata.token}`)).status).toBe(200);
  expect((await fetch(`${url}?token=${Metadata.token}&w=%FF`)).status).toBe(400);
  expect((await fetch(`${url}/deeper?token=${Metadata.token}`)).status).toBe(404);
}

/** The same address once more, in a contract whose tokens lie in bodies and whose reset token lies in a URL. */
async function liveByClaims(): Promise<void> {
  const username = 'whole-life-username';
  secrets.add(username);
  expect((await post('/api/v1/register', { email: EMAIL, username, password: FIRST })).status).toBe(201);
  await service.get(`/api/v1/verify?token=${await newestTicket('verify-email')}`);
  await post('/api/v1/login', { email: EMAIL, password: WRONG });
  const answer = await post('/api/v1/login', { email: EMAIL, password: FIRST });
  const tokens = (await answer.json()) as { access_token: string; refresh_token: string };
  for (const token of [tokens.access_token, tokens.refresh_token]) secrets.add(token);
  expect((await post('/api/v1/refresh', { refresh_token: tokens.refresh_token })).status).toBe(200);
  await post('/api/v1/refresh', { refresh_token: `${tokens.refresh_token}x` });
  for (const token of [tokens.access_token, tokens.refresh_token, `${tokens.access_token}x`]) {
    await post('/api/v1/verify', { token });
  }
  await service.get('/api/v1/authorized/me', { authorization: `Bearer ${tokens.access_token}` });
  await post('/api/v1/password-reset', { email: EMAIL, username });
  const token = await newestTicket('reset-password');
  const json = { 'content-type': 'application/json' };
  const confirm = (body: object) =>
    fetch(`${service.url}/api/v1/password-reset-confirm?token=${token}`, {
      method: 'POST',
      headers: json,
      body: JSON.stringify(body),
    });
  expect((await confirm({ new_password: SECOND, new_password_confirm: THIRD })).status).toBe(400);
  expect((await confirm({ new_password: SECOND, new_password_confirm: SECOND })).status).toBe(200);
  expect((await confirm({ new_password: SECOND, new_password_confirm: SECOND })).status).toBe(401);
  await fetch(`${service.url}/api/v1/password-reset-confirm?token=${token}`, {
    method: 'POST',
    headers: json,
    body: '{',
  });
  await service.get(`/api/v1/password-reset-confirm?token=${token}`);
  await post('/api/v1/logout', undefined, { authorization: `Bearer ${tokens.access_token}` });
}

/** The same of an account without a mailbox: what a mail brings others, an answer brings it. */
async function liveByName(): Promise<void> {
  const Username = 'whole-life';
  const names = { Username, Password: FOURTH, PasswordConfirm: FOURTH };
  const registered = (await (await post('/api/v1/auth/register', names)).json()) as { TotpSecret: string };
  const secret = scan(registered.TotpSecret).searchParams.get('secret') ?? '';
  secrets.add(registered.TotpSecret).add(secret);
  // enrolled clients have clocks of their own
  const code = (await totpGenerators['otpauth']?.(secret, new Date())) ?? '';
  await post('/api/v1/auth/login', { Username, Password: FOURTH, totpcode: [code], PASSWORD: FIRST });
  const answer = await post('/api/v1/auth/recover-password', { Username, TotpCode: code });
  const { TemporaryPassword: temporary } = (await answer.json()) as { TemporaryPassword: string };
  secrets.add(temporary);
  for (const CurrentPassword of [WRONG, temporary, temporary]) {
    const change = { Username, CurrentPassword, NewPassword: FIFTH, NewPasswordConfirm: FIFTH };
    await post('/api/v1/auth/change-password', change);
  }
  const signedIn = await post('/api/v1/auth/login', { Username, Password: FIFTH });
  secrets.add(((await signedIn.json()) as { ticket: string }).ticket);
  expect([...secrets]).not.toContain(undefined);
}

/** Requests that something goes wrong with: what failed is what logs like to quote. */
async function breakThings(token: string): Promise<void> {
  const json = { 'content-type': 'application/json' };
  await fetch(`${service.url}/auth/login`, { method: 'POST', headers: json, body: `{"password": "${FIRST}"` });
  await fetch(`${service.url}/auth/login`, { method: 'POST', headers: { 'content-type': 'text/xml' }, body: THIRD });
  await fetch(`${service.url}/auth/login`, {
    method: 'POST',
    headers: json,
    body: JSON.stringify({ password: THIRD.repeat(5000) }),
  });
  await service.get(`/%E0%A4%A?token=${token}`);
  await service.get(`/nowhere/${token}?token=${token}`);
  await service.get(`/auth/sessions/${THIRD}`, { authorization: `Bearer ${token}x` });
  await service.get('/user/me', { authorization: `Bearer ${token.slice(0, -4)}AAAA`, cookie: `sv_at=${token}` });
}

it('a whole life of an account leaves none of its secrets in the log, at the lowest level', async () => {
  await liveByName();
  await live();
  await liveBySealed({
    service: { post, get: (path, headers) => service.get(path, headers) },
    person: { email: 'sealed-life@example.com', username: 'sealed-life-username' },
    passwords: { first: FOURTH, next: FIFTH, wrong: WRONG },
    secrets,
  });
  await liveByClaims();
  // the last line is of the last request
  await eventually(() => {
    expect(service.log).toContain('/api/v1/logout');
  });
  for (const route of [
    '/api/v1/auth/recover-password',
    '/api/v1/password-reset-confirm',
    '/auth/login',
    '/auth/activate',
    '/auth/delete',
    '/auth/validate-otp/',
    '/auth/reset-password',
    '/auth/refresh-token',
    '/user/me',
  ]) {
    expect(service.log).toContain(route);
  }
  expect(secrets.size).toBeGreaterThan(15);
  const found = [...secrets].flatMap(formsOf).filter((form) => service.log.includes(form));
  expect(found).toEqual([]);
});

/** A secret as it is, as URLs spell it, in base64, and what alone is enough of a token. */
function formsOf(secret: string): string[] {
  const [, payload = '', signature = ''] = secret.split('.');
  const parts = secret.startsWith('eyJ') ? [payload, signature] : [];
  const base64 = Buffer.from(secret).toString('base64').replace(/=+$/, '').slice(0, -1);
  return [secret, encodeURIComponent(secret), JSON.stringify(secret).slice(1, -1), base64, ...parts].filter(
    (form) => form !== '',
  );
}
