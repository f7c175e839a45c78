import type { Response } from 'light-my-request';
import type { TestApp } from './test-app';

/** What the botnet calls an account by: each name has a bucket of its own. */
export type Target = { readonly email: string } | { readonly username: string };

/** What an account is asked for at once, each time it opens: more than any bucket lets through. */
const BURST = 25;

/** Addresses that guess at names the instant they may. All they know of an instant is what `Retry-After` tells. */
export class Botnet {
  /** When each guess was judged, in order. */
  readonly guesses: Date[] = [];
  private readonly used = new Set<string>();
  private readonly opensAt = new Map<Target, Date>();
  private asked = 0;

  /** @param size how many addresses it has; the service must be told to trust one proxy */
  constructor(
    private readonly service: TestApp,
    private readonly size: number,
    private readonly targets: readonly Target[],
  ) {
    for (const target of targets) this.opensAt.set(target, service.clock.now());
  }

  /** How many of its addresses have asked. */
  get addressesUsed(): number {
    return this.used.size;
  }

  /** When it tries next. */
  get wakesAt(): Date {
    return new Date(Math.min(...[...this.opensAt.values()].map((at) => at.getTime())));
  }

  /** Guesses at whatever is open by now until it is told to wait. Returns how many guesses were judged. */
  async strike(): Promise<number> {
    const before = this.guesses.length;
    const now = this.service.clock.now();
    for (const target of this.targets) {
      while ((this.opensAt.get(target) ?? now) <= now) await this.burst(target, now);
    }
    return this.guesses.length - before;
  }

  /** The most guesses that were judged within any so many seconds. */
  mostWithin(seconds: number): number {
    let most = 0;
    let first = 0;
    this.guesses.forEach((at, last) => {
      while (at.getTime() - (this.guesses[first] ?? at).getTime() >= seconds * 1000) first += 1;
      most = Math.max(most, last - first + 1);
    });
    return most;
  }

  private async burst(target: Target, now: Date): Promise<void> {
    const answers = await Promise.all(Array.from({ length: BURST }, () => this.guess(target)));
    for (const answer of answers) {
      if (answer.statusCode === 401) this.guesses.push(now);
      else this.opensAt.set(target, new Date(now.getTime() + waitOf(answer) * 1000));
    }
  }

  private guess(target: Target): Promise<Response> {
    const address = this.nextAddress();
    this.used.add(address);
    const password = `a guess, number ${String(this.asked)}`;
    return this.service.post('/auth/login', { ...target, password }, { 'x-forwarded-for': address });
  }

  private nextAddress(): string {
    const index = this.asked % this.size;
    this.asked += 1;
    return `198.${String(18 + (index >> 16))}.${String((index >> 8) & 255)}.${String(index & 255)}`;
  }
}

function waitOf(answer: Response): number {
  const seconds = Number(answer.headers['retry-after']);
  if (answer.statusCode !== 429 || !(seconds > 0)) throw new Error(`${String(answer.statusCode)}: ${answer.body}`);
  return seconds;
}
