import { decodeJwt } from 'jose';
import type { Response } from 'light-my-request';
import {
  bearer,
  expectStatus,
  logIn,
  newestTicket,
  resetTicket,
  ticketsOf,
  tokensIn,
  type MailedTicket,
  type Tokens,
} from './accounts';
import { freshCode } from './second-factor';
import type { TestApp } from './test-app';

/** Moves an account to another address, as whoever holds a session and reads the new mailbox can. */
export async function changeEmail(service: TestApp, tokens: Pick<Tokens, 'access'>, newEmail: string): Promise<void> {
  const ticket = await emailTicket(service, tokens, newEmail);
  expectStatus(await service.post('/auth/change-email/change', { ticket }), 204);
}

/** Asks for another address. Returns the ticket that is mailed to it. */
export async function emailTicket(service: TestApp, tokens: Pick<Tokens, 'access'>, newEmail: string): Promise<string> {
  const body = { new_email: newEmail };
  expectStatus(await service.post('/auth/change-email/request', body, bearer(tokens)), 204);
  return newestTicket(service, { email: newEmail }, 'change-email');
}

/** Sets a password by a link mailed to an address. */
export async function reset(service: TestApp, email: string, password: string, more: object = {}): Promise<void> {
  const ticket = await resetTicket(service, { email });
  const body = { ticket, new_password: password, ...more };
  expectStatus(await service.post('/auth/change-password/change', body), 204);
}

/** Fills in the page that a notice's link opens. */
export function undo(
  service: TestApp,
  token: string,
  formerPassword: string,
  password: string,
  more: Record<string, string> = {},
): Promise<Response> {
  const form = { token, former_password: formerPassword, password, password_again: password };
  const headers = { 'content-type': 'application/x-www-form-urlencoded', ...more };
  return service.inject({ method: 'POST', url: '/undo', headers, payload: new URLSearchParams(form).toString() });
}

/** The links that undo something, in the mailbox of an address, the earliest first. */
export async function undosIn(service: TestApp, email: string): Promise<string[]> {
  const tickets = await ticketsOf(service, { email });
  return tickets
    .filter(({ page }) => page === 'undo')
    .map(({ secret }) => secret)
    .reverse();
}

/** Somebody who got at an account of another, and everything that he has of it. */
export class Thief {
  readonly passwords: string[] = ['what the thief chose'];
  readonly mailboxes: string[] = [];
  readonly codes: string[] = [];
  readonly devices: string[] = [];
  readonly mfaTickets: string[] = [];
  totpSecret: string | null = null;

  constructor(
    private readonly service: TestApp,
    readonly sessions: Tokens[],
  ) {}

  get session(): Tokens {
    const [session] = this.sessions;
    if (!session) throw new Error('this thief has no session');
    return session;
  }

  get password(): string {
    return this.passwords[0] ?? '';
  }

  /** Signs in with a password that he chose. */
  async signIn(email: string): Promise<void> {
    const tokens = tokensIn(expectStatus(await logIn(this.service, { email, password: this.password }), 200));
    this.sessions.unshift(tokens);
    this.devices.push(tokens.device);
  }

  /** Tries everything he has. Returns what of it still works; the address is the account's present one. */
  async whatStillWorks(email: string): Promise<string[]> {
    const found: string[] = [];
    const note = (what: string, works: boolean): void => {
      if (works) found.push(what);
    };
    for (const tokens of this.sessions) {
      note('an access token', (await this.service.get('/user/me', bearer(tokens))).statusCode === 200);
      const refreshed = await this.service.post('/auth/token/refresh', { refresh_token: tokens.refresh });
      note('a refresh token', refreshed.statusCode === 200);
    }
    for (const ticket of await this.allTickets()) note(`a ${ticket.page} link`, await this.opens(ticket));
    for (const ticket of this.mfaTickets) note('an MFA ticket', await this.finishes(ticket));
    for (const name of [email, ...this.mailboxes]) {
      for (const password of this.passwords) {
        const answer = await logIn(this.service, { email: name, password });
        note(`the password ${password} at ${name}`, answer.statusCode === 200);
      }
    }
    for (const device of this.devices) note('a device', await this.isKnown(email, device));
    return found;
  }

  /** All that his mailboxes hold, after asking for more. */
  private async allTickets(): Promise<MailedTicket[]> {
    const tickets: MailedTicket[] = [];
    for (const email of this.mailboxes) {
      await this.service.post('/auth/change-password/request', { email });
      await this.service.post('/auth/activate/request', { email });
      tickets.push(...(await ticketsOf(this.service, { email })));
    }
    return tickets;
  }

  private async opens({ page, secret: ticket }: MailedTicket): Promise<boolean> {
    const post = async (url: string, body: object) => (await this.service.post(url, body)).statusCode === 204;
    switch (page) {
      case 'activate':
        return post('/auth/activate', { ticket });
      case 'reset-password':
        return post('/auth/change-password/change', { ticket, new_password: this.password });
      case 'change-email':
        return post('/auth/change-email/change', { ticket });
      case 'verify-email':
        return post('/auth/verify-email', { ticket, password: this.password });
      case 'undo':
        return this.undoes(ticket);
    }
  }

  private async undoes(ticket: string): Promise<boolean> {
    for (const former of ['', ...this.passwords]) {
      for (const device of [undefined, ...this.devices]) {
        const more = device === undefined ? {} : { 'x-device-token': device };
        if ((await undo(this.service, ticket, former, this.password, more)).statusCode === 200) return true;
      }
    }
    return false;
  }

  private async finishes(ticket: string): Promise<boolean> {
    const codes = [
      ...this.codes,
      ...(this.totpSecret === null ? [] : [await freshCode(this.service, this.totpSecret)]),
    ];
    for (const code of codes) {
      if ((await this.service.post('/auth/mfa/totp', { ticket, code })).statusCode === 200) return true;
    }
    return false;
  }

  private async isKnown(email: string, device: string): Promise<boolean> {
    const sql = 'SELECT 1 FROM devices JOIN users ON users.id = user_id WHERE email = $1 AND device_id = $2';
    const rows = await this.service.database.dataSource.query<unknown[]>(sql, [email, decodeJwt(device).jti]);
    return rows.length > 0;
  }
}
