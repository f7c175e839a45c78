import type { Response } from 'light-my-request';
import { anAccount, expectStatus, signIn, type Person } from './accounts';
import { from, HOME } from './lockout-way-back';
import { problemOf } from './problem';
import { enableTotp, ticketFor, wrongCode, type SecuredAccount } from './second-factor';
import type { TestApp } from './test-app';

type Headers = Record<string, string>;
type Secured = Pick<SecuredAccount, 'owner' | 'secret'>;

/** Somebody who has signed in at home and then enabled a second factor there. */
export async function aSecuredOwner(service: TestApp, traits: Partial<Person> = {}): Promise<SecuredAccount> {
  const owner = await anAccount(service, traits);
  const tokens = await signIn(service, owner, from(HOME));
  return { owner, tokens, secret: await enableTotp(service, tokens) };
}

/** Signs in with the password and a code in one step. */
export function logInWithCode(
  service: TestApp,
  { email, password }: Pick<Person, 'email' | 'password'>,
  code: string,
  headers: Headers,
): Promise<Response> {
  return service.post('/auth/login', { email, password, totp_code: code, cookie: false }, headers);
}

/** What a code brings that is sent to the ticket of a sign-in. */
export async function finishWithCode(service: TestApp, person: Person, code: string, headers: Headers) {
  const ticket = await ticketFor(service, person);
  return service.post('/auth/mfa/totp', { ticket, code }, headers);
}

/** How many wrong codes from there are judged before no more are. Every one comes with the right password. */
export async function codesJudged(service: TestApp, { owner, secret }: Secured, headers: Headers): Promise<number> {
  const wrong = await wrongCode(service, secret);
  for (let judged = 0; judged <= 200; judged += 1) {
    const { status, code } = problemOf(await logInWithCode(service, owner, wrong, headers));
    if (status === 429 && code === 'locked') return judged;
    if (code !== 'invalid-code') throw new Error(`a wrong code brought ${code}`);
  }
  throw new Error('codes can be guessed for ever');
}

/** The answer of a locked bucket, which says how long it stays so. */
export function expectLocked(answer: Response): void {
  expect(problemOf(answer)).toEqual({ status: 429, code: 'locked' });
  expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
}

/** How many buckets of the second factor there are, of all accounts. */
export async function factorBuckets(service: TestApp): Promise<number> {
  const [row] = await service.database.dataSource.query<{ count: number }[]>(
    `SELECT count(*)::int AS count FROM locks WHERE factor = 'second-factor'`,
  );
  return row?.count ?? 0;
}

/** The answers of several requests, each once the one before is answered. */
export async function inTurn(times: number, send: () => Promise<Response>, status: number): Promise<void> {
  for (let index = 0; index < times; index += 1) expectStatus(await send(), status);
}
