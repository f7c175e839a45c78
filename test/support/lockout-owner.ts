import type { Response } from 'light-my-request';
import { signIn, type Person } from './accounts';
import { unlockTokenIn } from './lockout-mails';
import type { TestApp } from './test-app';

const HOME = '203.0.113.5';

/** Somebody who signs in to a besieged account, each time in the way that is next. Notes what was refused. */
export class BesiegedOwner {
  /** Answers that were no sign-in. */
  readonly refusals: string[] = [];
  readonly signIns = { device: 0, network: 0, link: 0, plain: 0 };
  private device = '';
  private places = 0;

  constructor(
    private readonly service: TestApp,
    readonly person: Person & { readonly username: string },
  ) {}

  /** What was there before anybody guessed: a phone that keeps its device token, a client at home that keeps nothing. */
  async settleIn(): Promise<void> {
    this.device = (await signIn(this.service, this.person, this.from(this.nextPlace()))).device;
    await signIn(this.service, this.person, this.from(HOME));
  }

  /** The sign-in of one day, by turns from the known device, the known network and a place never seen before. */
  async signInOfDay(day: number): Promise<void> {
    if (day % 3 === 0) await this.fromDevice(day);
    else if (day % 3 === 1) await this.fromNetwork(day);
    else await this.fromNewPlace(day);
  }

  private async fromDevice(day: number): Promise<void> {
    const headers = { ...this.from(this.nextPlace()), 'x-device-token': this.device };
    const answer = await this.logIn(day, headers);
    this.device = answer.json<{ device_token?: string }>().device_token ?? this.device;
    this.signIns.device += 1;
  }

  private async fromNetwork(day: number): Promise<void> {
    await this.logIn(day, this.from(HOME));
    this.signIns.network += 1;
  }

  /** Asks for a link first. None comes where strangers are not locked out: then nothing but the password is needed. */
  private async fromNewPlace(day: number): Promise<void> {
    const place = this.from(this.nextPlace());
    const link = await this.askForLink(place);
    if (link !== null) this.note(day, await this.open(day, link, place), 200);
    await this.logIn(day, place);
    this.signIns[link === null ? 'plain' : 'link'] += 1;
  }

  private async askForLink(place: Record<string, string>): Promise<string | null> {
    const { email } = this.person;
    const newest = (await this.service.mailsTo(email))[0]?.id ?? 0;
    await this.service.post('/auth/unlock/request', { email }, place);
    const mail = (await this.service.mailsTo(email)).find(
      ({ id, subject }) => id > newest && subject.startsWith('Sign in to your locked account'),
    );
    return mail ? unlockTokenIn(mail) : null;
  }

  /** By turns as an app does and as the page's button does. */
  private open(day: number, token: string, place: Record<string, string>): Promise<Response> {
    if (day % 2 === 0) return this.service.post('/api/auth/unlock-account', { token }, place);
    return this.service.inject({
      method: 'POST',
      url: '/unlock',
      headers: { ...place, 'content-type': 'application/x-www-form-urlencoded' },
      payload: new URLSearchParams({ token }).toString(),
    });
  }

  /** By its address and its username by turns. */
  private async logIn(day: number, headers: Record<string, string>): Promise<Response> {
    const { email, username, password } = this.person;
    const name = day % 2 === 0 ? { email } : { username };
    const answer = await this.service.post('/auth/login', { ...name, password, cookie: false }, headers);
    this.note(day, answer, 200);
    return answer;
  }

  private note(day: number, { statusCode, body }: Response, expected: number): void {
    if (statusCode !== expected) this.refusals.push(`day ${String(day)}: ${String(statusCode)} ${body}`);
  }

  private nextPlace(): string {
    this.places += 1;
    return `192.0.${String(2 + (this.places >> 8))}.${String(this.places & 255)}`;
  }

  private from(network: string): Record<string, string> {
    return { 'x-forwarded-for': network };
  }
}
