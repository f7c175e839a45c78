import { decodeJwt } from 'jose';
import type { Response } from 'light-my-request';
import { bearer, logIn, ticketsOf, type MailedTicket, type Tokens } from './accounts';
import { CodeRequests } from './code-requests';
import { enableTotp } from './second-factor';
import { signUps, type SignUp, type SignUpWay } from './sign-ups';
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
  | 'stranger enables a second factor'
  | 'stranger deletes his account'
  | 'stranger asks for a code'
  | 'stranger reads the code';

let count = 0;

/**
 * One address, its owner and a stranger. The mailbox is the owner's alone, so what is mailed is his; what is posted may
 * be anybody's. Whatever the order of events: the owner's password signs in at the end, and nothing of the stranger's.
 */
export class Story {
  private readonly email: string;
  private readonly signUp: SignUp;
  private readonly codes: CodeRequests;
  private stranger: Tokens | null = null;
  /** A registration was activated, and it decides the username; a link to choose a password leaves the one there is. */
  private isNamed = false;
  private readonly happenings: Record<StoryEvent, () => Promise<unknown>>;

  constructor(
    private readonly service: TestApp,
    /** The same service with AUTO_ACTIVATE=true. */
    automatic: TestApp,
    way: SignUpWay = 'AUTO_ACTIVATE',
  ) {
    count += 1;
    const email = `story-${String(count)}@example.com`;
    this.email = email;
    this.signUp = signUps[way]({ service, automatic });
    this.codes = new CodeRequests(service, email);
    this.happenings = {
      'owner registers': () => service.post('/auth/register', { email, password: OWNERS }),
      'stranger registers': () => service.post('/auth/register', { email, password: STRANGERS }),
      resend: () => service.post('/auth/activate/request', { email }),
      reset: () => service.post('/auth/change-password/request', { email }),
      'owner signs up at once': () => this.signUp.register(this.personOf('owner', OWNERS)),
      'owner asks for a reset by both names': () =>
        service.post('/api/v1/password-reset', { email, username: this.usernameOf('owner') }),
      'stranger signs up at once': () => this.strangerSignsUp(),
      'stranger changes his password': () =>
        this.asStranger('/auth/change-password/change', { old_password: STRANGERS, new_password: STRANGERS_NEXT }),
      'stranger enables a second factor': () => this.secureAsStranger(),
      'stranger deletes his account': () => this.asStranger('/auth/delete'),
      'stranger asks for a code': () => this.codes.ask(),
      'stranger reads the code': () => this.codes.exchange(),
      'owner activates': () => this.activate(),
      'owner follows a link to choose a password': () => this.choosePassword(),
      'owner verifies the address of his account': () => this.verify(),
    };
  }

  /** Whether the owner has got the mail for his proof by the time he wants to use it. */
  static makesSense(events: readonly StoryEvent[], way: SignUpWay): boolean {
    const proof = events.findIndex((event) => PROOFS.some((known) => known === event));
    const before = events.slice(0, proof);
    if (events[proof] === 'owner activates') return before.includes('owner registers');
    if (events[proof] === 'owner verifies the address of his account') return isFirstAccountOwners(before);
    return before.some((event, index) => bringsLink(event, before.slice(0, index), way));
  }

  async goThrough(events: readonly StoryEvent[]): Promise<void> {
    // each with a sealing key of its own: the wrong passwords of many retire one
    this.service.clock.advanceSeconds(4);
    for (const event of events) {
      await this.happenings[event]();
      if (event === 'owner activates') this.isNamed = true;
      if (PROOFS.some((known) => known === event)) this.codes.expectVoid();
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
        this.isNamed && me.json<{ username?: string | null }>().username === this.usernameOf('stranger'),
      ],
      ...(await this.strangersTokens()),
      ...(await this.codes.findGood()),
    ];
    return checks.filter(([, isWrong]) => isWrong).map(([what]) => what);
  }

  private async strangersTokens(): Promise<(readonly [string, boolean])[]> {
    if (!this.stranger) return [];
    const me = await this.service.get('/user/me', bearer(this.stranger));
    const refreshed = await this.signUp.refresh(this.stranger.refresh);
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
    const person = this.personOf('stranger', STRANGERS);
    await this.signUp.register(person);
    this.stranger = (await this.signUp.logIn(person)) ?? this.stranger;
  }

  private personOf(who: 'owner' | 'stranger', password: string) {
    return { email: this.email, username: this.usernameOf(who), password };
  }

  private usernameOf(who: 'owner' | 'stranger'): string {
    return `${who}-of-${this.email.split('@', 1)[0] ?? ''}`;
  }

  /** Where the account is his no more, he cannot. */
  private async secureAsStranger(): Promise<void> {
    if (this.stranger) await enableTotp(this.service, this.stranger).catch(() => undefined);
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
function bringsLink(event: StoryEvent, before: readonly StoryEvent[], way: SignUpWay): boolean {
  const isWaiting = before.some((earlier) => earlier.endsWith(' registers'));
  const hasAccount =
    before.some((earlier) => earlier.endsWith(' signs up at once')) && !before.includes('stranger deletes his account');
  if (event === 'reset') return isWaiting || hasAccount;
  // to who holds the address it is told, with such a link; sealed tells who asks
  if (event.endsWith(' signs up at once')) return hasAccount && way !== 'sealed';
  if (event === 'owner asks for a reset by both names') return hasAccount && isFirstAccountOwners(before);
  // where there is an account, a resend mails another link, good only with that account's password
  return event === 'resend' && isWaiting && !hasAccount;
}
