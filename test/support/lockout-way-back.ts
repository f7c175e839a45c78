import type { Response } from 'light-my-request';
import { Jobs } from '../../src/platform/jobs/jobs.service';
import { anAccount, expectStatus, logIn, signIn, type Person, type Tokens } from './accounts';
import type { TestApp } from './test-app';

/** Requests come through a proxy on this machine, which tells from where: networks are told apart by that. */
export const BEHIND_PROXY = { TRUST_PROXY: '127.0.0.1' } as const;

/** Where owners live: their accounts know it. */
export const HOME = '192.0.2.10';
/** Where owners go: unknown to their accounts. */
export const CAFE = '203.0.113.20';
export const TRAIN = '203.0.113.30';
/** Where those sit who guess. */
export const DEN = '198.51.100.66';

export interface Owner extends Person {
  readonly tokens: Tokens;
}

export function from(ip: string, headers: Record<string, string> = {}): Record<string, string> {
  return { 'x-forwarded-for': ip, ...headers };
}

export const device = ({ device: token }: Pick<Tokens, 'device'>): Record<string, string> => ({
  'x-device-token': token,
});

/** Somebody who has signed in at home, without a device token then. */
export async function anOwner(service: TestApp, traits: Partial<Person> = {}): Promise<Owner> {
  const person = await anAccount(service, traits);
  return { ...person, tokens: await signIn(service, person, from(HOME)) };
}

type Named = Pick<Person, 'email'>;

/** A wrong password. */
export function guess(service: TestApp, { email }: Named, headers: Record<string, string>): Promise<Response> {
  return logIn(service, { email, password: 'a wrong one' }, headers);
}

/** Wrong passwords, as many as it takes to lock whoever sends them. */
export async function lockOut(service: TestApp, named: Named, headers = from(DEN)): Promise<void> {
  for (let failures = 0; failures < 10; failures += 1) expectStatus(await guess(service, named, headers), 401);
  expectStatus(await guess(service, named, headers), 429);
}

/** What the right password brings. */
export async function entry(service: TestApp, person: Person, headers: Record<string, string>): Promise<number> {
  return (await logIn(service, person, headers)).statusCode;
}

/** The secrets of the unlock links that were mailed to an address, the newest first. Tells of locks before. */
export async function unlockLinks(service: TestApp, { email }: Named): Promise<string[]> {
  await service.app.get(Jobs, { strict: false }).runNow('tell-of-locks');
  const mails = await service.mailsTo(email);
  return mails.flatMap(({ text }) => /\/unlock\?token=(\S+)/.exec(text)?.[1] ?? []).map(decodeURIComponent);
}

export async function newestUnlockLink(service: TestApp, named: Named): Promise<string> {
  const [secret] = await unlockLinks(service, named);
  if (secret === undefined) throw new Error(`no mail to ${named.email} opens a lock`);
  return secret;
}

/** Presses the button of the page that a mailed link opens. */
export function pressUnlock(service: TestApp, token: string, headers: Record<string, string>): Promise<Response> {
  return service.inject({
    method: 'POST',
    url: '/unlock',
    headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
    payload: new URLSearchParams({ token }).toString(),
  });
}

/** The cookie that the browser now is known by. */
export function deviceCookieOf(answer: Response): Record<string, string> {
  const cookie = answer.cookies.find(({ name }) => name === 'device');
  if (!cookie) throw new Error('no device cookie was set');
  return { cookie: `device=${cookie.value}` };
}
