import { decodeJwt } from 'jose';
import type { Response } from 'light-my-request';
import { bearer, logIn, ticketsOf, tokensIn, type MailedTicket, type Tokens } from './accounts';
import { claimsLogin, claimsRefresh, claimsTokensIn } from './claims';
import type { TestApp } from './test-app';

const OWNERS = 'the owner’s own password';
const STRANGERS = 'what the stranger chose';
const STRANGERS_NEXT = 'what he changed it to';

export const PROOFS = [
  'owner activates',
  'owner follows a link to choose a password',
  'owner verifies the address of his account',
] as const;

export type StoryEvent =
  | (typeof PROOFS)[number]
  | 'owner registers'
  | 'stranger registers'
  | 'resend'
  | 'reset'
  | 'owner signs up at once'
  | 'owner asks for a reset by both names'
  | 'stranger signs up at once'
  | 'stranger changes his password'
  | 'stranger deletes his account';

/** How an account is made at once: by native where nothing is proved (`AUTO_ACTIVATE`), or by claims. */
export type SignUpWay = 'AUTO_ACTIVATE' | 'claims';

let count = 0;

/**
 * One address, its owner and a stranger. The mailbox is the owner's alone, so what is mailed is his; what is posted may
 * be anybody's. Whatever the order of events: the owner's password signs in at the end, and nothing of the stranger's.
 */
export class Story {
  private readonly email: string;
  private stranger: Tokens | null = null;
  private readonly happenings: Record<StoryEvent, () => Promise<unknown>>;

  constructor(
    private readonly service: TestApp,
    /** The same service with AUTO_ACTIVATE=true. */
    private readonly automatic: TestApp,
    private readonly way: SignUpWay = 'AUTO_ACTIVATE',
  ) {
    count += 1;
    const email = `story-${String(count)}@example.com`;
    this.email = email;
    this.happenings = {
      'owner registers': () => service.post('/auth/register', { email, password: OWNERS }),
      'stranger registers': () => service.post('/auth/register', { email, password: STRANGERS }),
      resend: () => service.post('/auth/activate/request', { email }),
      reset: () => service.post('/auth/change-password/request', { email }),
      'owner signs up at once': () => this.signUp('owner', OWNERS),
      'owner asks for a reset by both names': () =>
        service.post('/api/v1/password-reset', { email, username: this.usernameOf('owner') }),
      'stranger signs up at once': () => this.strangerSignsUp(),
      'stranger changes his password': () =>
        this.asStranger('/auth/change-password/change', { old_password: STRANGERS, new_password: STRANGERS_NEXT }),
      'stranger deletes his account': () => this.asStranger('/auth/delete'),
      'owner activates': () => this.activate(),
      'owner follows a link to choose a password': () => this.choosePassword(),
      'owner verifies the address of his account': () => this.verify(),
    };
  }

  /** Whether the owner has got the mail for his proof by the time he wants to use it. */
  static makesSense(events: readonly StoryEvent[]): boolean {
    const proof = events.findIndex((event) => PROOFS.some((known) => known === event));
    const before = events.slice(0, proof);
    if (events[proof] === 'owner activates') return before.includes('owner registers');
    if (events[proof] === 'owner verifies the address of his account') return isFirstAccountOwners(before);
    return before.some((event, index) => bringsLink(event, before.slice(0, index)));
  }

  async goThrough(events: readonly StoryEvent[]): Promise<void> {
    for (const event of events) {
      await this.happenings[event]();
      // mails go out at once: what each holds is decided by how things stand then
      await this.service.mailsTo(this.email);
    }
  }

  /** What does not hold at the end, but must. */
  async wrongs(): Promise<string[]> {
    const owner = await logIn(this.service, { email: this.email, password: OWNERS });
    const { access } = { access: owner.json<{ jwt_token?: string }>().jwt_token ?? '' };
    const me = await this.service.get('/user/me', bearer({ access }));
    const checks: (readonly [string, boolean])[] = [
      ['the owner’s password does not sign in', owner.statusCode !== 200],
      ['the address is not proved', me.json<{ email_verified?: boolean }>().email_verified !== true],
      ['the stranger’s password signs in', !(await this.isRefused(STRANGERS))],
      ['the password he changed to signs in', !(await this.isRefused(STRANGERS_NEXT))],
      ['an earlier activation ticket is still good', await this.isAnyActivationGood()],
      ['an earlier verification ticket is still good', await this.isAnyVerificationGood()],
      [
        'the account has the stranger’s username',
        me.json<{ username?: string | null }>().username === this.usernameOf('stranger'),
      ],
      ...(await this.strangersTokens()),
    ];
    return checks.filter(([, isWrong]) => isWrong).map(([what]) => what);
  }

  private async strangersTokens(): Promise<(readonly [string, boolean])[]> {
    if (!this.stranger) return [];
    const me = await this.service.get('/user/me', bearer(this.stranger));
    const refreshed =
      this.way === 'claims'
        ? await claimsRefresh(this.service, this.stranger.refresh)
        : await this.service.post('/auth/token/refresh', { refresh_token: this.stranger.refresh });
    return [
      ['the stranger’s access token is good', me.statusCode !== 401],
      ['the stranger’s refresh token is good', refreshed.statusCode !== 401],
      ['the stranger’s device is known', await this.isKnown(this.stranger.device)],
    ];
  }

  /** Opens every activation mail's page and enters his own password, as the page asks for. */
  private async activate(): Promise<void> {
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    for (const { secret: ticket } of await this.mailed('activate')) {
      const payload = new URLSearchParams({ ticket, password: OWNERS }).toString();
      const answer = await this.service.inject({ method: 'POST', url: '/activate', headers, payload });
      if (answer.statusCode === 200) return;
    }
  }

  private async choosePassword(): Promise<void> {
    for (const { secret: ticket } of await this.mailed('reset-password')) {
      const answer = await this.service.post('/auth/change-password/change', { ticket, new_password: OWNERS });
      if (answer.statusCode === 204) return;
    }
  }

  /** Enters his own password on the page of every verification mail. */
  private async verify(): Promise<void> {
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    for (const { secret: token } of await this.mailed('verify-email')) {
      const payload = new URLSearchParams({ token, password: OWNERS }).toString();
      const answer = await this.service.inject({ method: 'POST', url: '/verify-email', headers, payload });
      if (answer.statusCode === 200) return;
    }
  }

  private async strangerSignsUp(): Promise<void> {
    await this.signUp('stranger', STRANGERS);
    const person = { email: this.email, password: STRANGERS };
    const answer =
      this.way === 'claims' ? await claimsLogin(this.service, person) : await logIn(this.automatic, person);
    if (answer.statusCode !== 200) return;
    this.stranger = this.way === 'claims' ? claimsTokensIn(answer) : tokensIn(answer);
  }

  private async signUp(who: 'owner' | 'stranger', password: string): Promise<Response> {
    if (this.way === 'AUTO_ACTIVATE') return this.automatic.post('/auth/register', { email: this.email, password });
    return this.service.post('/api/v1/register', { email: this.email, username: this.usernameOf(who), password });
  }

  private usernameOf(who: 'owner' | 'stranger'): string {
    return `${who}-of-${this.email.split('@', 1)[0] ?? ''}`;
  }

  private async asStranger(url: string, body?: object): Promise<Response | null> {
    return this.stranger ? this.service.post(url, body, bearer(this.stranger)) : null;
  }

  private async mailed(page: MailedTicket['page']): Promise<MailedTicket[]> {
    return (await ticketsOf(this.service, { email: this.email })).filter((ticket) => ticket.page === page);
  }

  private async isAnyActivationGood(): Promise<boolean> {
    for (const { secret: ticket } of await this.mailed('activate')) {
      if ((await this.service.post('/auth/activate', { ticket })).statusCode !== 401) return true;
    }
    return false;
  }

  private async isAnyVerificationGood(): Promise<boolean> {
    for (const { secret: ticket } of await this.mailed('verify-email')) {
      for (const password of [STRANGERS, STRANGERS_NEXT, OWNERS]) {
        if ((await this.service.post('/auth/verify-email', { ticket, password })).statusCode !== 401) return true;
      }
    }
    return false;
  }

  private async isRefused(password: string): Promise<boolean> {
    const answer = await logIn(this.service, { email: this.email, password });
    return answer.json<{ code?: string }>().code === 'invalid-credentials';
  }

  private async isKnown(device: string): Promise<boolean> {
    const sql = 'SELECT 1 FROM devices JOIN users ON users.id = user_id WHERE email = $1 AND device_id = $2';
    const rows = await this.service.database.dataSource.query<unknown[]>(sql, [this.email, decodeJwt(device).jti]);
    return rows.length > 0;
  }
}

/** Whether the owner was the first to sign up at once, and so has the account that a verification link is about. */
function isFirstAccountOwners(before: readonly StoryEvent[]): boolean {
  return before.find((event) => event.endsWith(' signs up at once')) === 'owner signs up at once';
}

/** Whether an event mails a link that lets the mailbox's owner choose a password. */
function bringsLink(event: StoryEvent, before: readonly StoryEvent[]): boolean {
  const isWaiting = before.some((earlier) => earlier.endsWith(' registers'));
  const hasAccount =
    before.some((earlier) => earlier.endsWith(' signs up at once')) && !before.includes('stranger deletes his account');
  if (event === 'reset') return isWaiting || hasAccount;
  // to who holds the address it is told, with such a link
  if (event.endsWith(' signs up at once')) return hasAccount;
  if (event === 'owner asks for a reset by both names') return hasAccount && isFirstAccountOwners(before);
  // where there is an account, a resend mails another link, good only with that account's password
  return event === 'resend' && isWaiting && !hasAccount;
}
