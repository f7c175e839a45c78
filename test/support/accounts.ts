import type { Response } from 'light-my-request';
import type { TestApp } from './test-app';

export interface Person {
  readonly email: string;
  readonly password: string;
  readonly username?: string;
}

/** What a mailed link carries, and the page it opens. */
export interface MailedTicket {
  readonly page: 'activate' | 'reset-password' | 'verify-email' | 'change-email' | 'undo';
  readonly secret: string;
}

/** Tokens as a mobile client gets them. */
export interface Tokens {
  readonly access: string;
  readonly refresh: string;
  readonly device: string;
}

let count = 0;

/** Somebody whom no other test knows. */
export function aPerson(traits: Partial<Person> = {}): Person {
  count += 1;
  return { email: `person-${String(count)}@example.com`, password: 'between 6-128 characters', ...traits };
}

/** Registers; whether an account comes of it is the mailbox's matter. */
export async function register(service: TestApp, person: Person): Promise<void> {
  expectStatus(await service.post('/auth/register', person), 204);
  // delivered before anything else is asked for: of mails due at one instant any may come first
  await service.mailsTo(person.email);
}

/** Every ticket in the person's mailbox, the newest first. Delivers what is due. */
export async function ticketsOf(service: TestApp, { email }: Pick<Person, 'email'>): Promise<MailedTicket[]> {
  const mails = await service.mailsTo(email);
  return mails.flatMap(({ text }) => {
    const [, page, secret] =
      /\/(activate|reset-password|verify-email|change-email|undo)\?(?:ticket|token)=(\S+)/.exec(text) ?? [];
    return secret === undefined ? [] : [{ page: page as MailedTicket['page'], secret: decodeURIComponent(secret) }];
  });
}

/** The secret of the newest mail whose link opens `page`. */
export async function newestTicket(
  service: TestApp,
  person: Pick<Person, 'email'>,
  page: MailedTicket['page'],
): Promise<string> {
  const ticket = (await ticketsOf(service, person)).find((candidate) => candidate.page === page);
  if (!ticket) throw new Error(`no mail to ${person.email} opens ${page}`);
  return ticket.secret;
}

/** A secret that lets its bearer choose the person's password. */
export async function resetTicket(service: TestApp, person: Pick<Person, 'email'>): Promise<string> {
  expectStatus(await service.post('/auth/change-password/request', { email: person.email }), 204);
  return newestTicket(service, person, 'reset-password');
}

/** Somebody with a proved address. */
export async function anAccount(service: TestApp, traits: Partial<Person> = {}): Promise<Person> {
  const person = aPerson(traits);
  await register(service, person);
  const ticket = await newestTicket(service, person, 'activate');
  expectStatus(await service.post('/auth/activate', { ticket }), 204);
  return person;
}

export function logIn(
  service: TestApp,
  { email, password }: Pick<Person, 'email' | 'password'>,
  headers: Record<string, string> = {},
): Promise<Response> {
  return service.post('/auth/login', { email, password, cookie: false }, headers);
}

/** Signs in as a mobile client does. */
export async function signIn(
  service: TestApp,
  person: Pick<Person, 'email' | 'password'>,
  headers: Record<string, string> = {},
): Promise<Tokens> {
  return tokensIn(expectStatus(await logIn(service, person, headers), 200));
}

export function tokensIn(response: Response): Tokens {
  const body = response.json<{ jwt_token: string; refresh_token: string; device_token: string }>();
  return { access: body.jwt_token, refresh: body.refresh_token, device: body.device_token };
}

export function bearer({ access }: Pick<Tokens, 'access'>): { authorization: string } {
  return { authorization: `Bearer ${access}` };
}

/** The answer itself, if its status is the expected one. */
export function expectStatus(response: Response, status: number): Response {
  if (response.statusCode === status) return response;
  throw new Error(`${String(response.statusCode)} instead of ${String(status)}: ${response.body}`);
}
