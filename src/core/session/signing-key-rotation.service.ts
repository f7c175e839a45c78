import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Settings } from '../../config/settings';
import { Database, type Tx } from '../../database/database.service';
import { Clock } from '../../kernel/clock';
import { Signals } from '../../platform/events/signals.service';
import { Jobs } from '../../platform/jobs/jobs.service';
import { generateSigningKey } from './signing-key';
import { SigningKeySchedule, type ScheduledKey } from './signing-key-schedule.policy';
import { SigningKeyRepository } from './signing-keys.repository';
import { longestAccessSeconds } from './token-lifetimes';

export const SIGNING_KEYS_CHANNEL = 'signing_keys';

/** Changes the set of signing keys: the first one, the next one, and what goes. Any number of processes may try at once. */
@Injectable()
export class SigningKeyRotation implements OnModuleInit {
  readonly schedule: SigningKeySchedule;

  constructor(
    private readonly database: Database,
    private readonly repository: SigningKeyRepository,
    private readonly clock: Clock,
    private readonly settings: Settings,
    private readonly signals: Signals,
    private readonly jobs: Jobs,
  ) {
    this.schedule = new SigningKeySchedule({
      algorithm: settings.jwtAlgorithm,
      leadSeconds: settings.signingKeyLeadSeconds,
      rotationSeconds: settings.signingKeyRotationSeconds,
      longestAccessSeconds: longestAccessSeconds(settings),
    });
  }

  onModuleInit(): void {
    const { signingKeyLeadSeconds: lead, signingKeyRotationSeconds: rotation } = this.settings;
    this.jobs.register({
      name: 'rotate-signing-keys',
      everySeconds: Math.max(1, Math.min(60, Math.floor(Math.min(lead, rotation) / 10))),
      run: () => this.keepUp(),
    });
  }

  /** Makes sure of a first key at start, and seals the set under the first master key. */
  async prepare(): Promise<void> {
    await this.change(async (tx) => {
      await this.repository.reseal(tx);
      await this.advance(tx);
    });
  }

  /** Publishes the next key when it is due, and deletes former keys whose tokens have all expired. */
  async keepUp(): Promise<void> {
    await this.change((tx) => this.advance(tx));
  }

  /**
   * Publishes the next key, which signs once the lead is over; while one is waiting already, nothing changes. With
   * `isCompromised` the current key and the former ones go at once, with all tokens they signed, and the waiting key or
   * a fresh one signs from this instant: whoever has cached the published set refuses its tokens until he fetches it
   * again. Returns the key that signs next, or now.
   */
  rotate({ isCompromised }: { isCompromised: boolean }): Promise<ScheduledKey> {
    return this.change(async (tx) => {
      const now = this.clock.now();
      const keys = await this.repository.schedule(tx);
      if (isCompromised) return this.replaceSigners(tx, keys, now);
      return this.schedule.next(keys, now) ?? this.add(tx, this.schedule.nextSignsFrom(keys, now), now);
    });
  }

  /** Whoever changes the set holds the lock until his transaction ends: the next one sees what he did. */
  private change<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
    return this.database.transaction(async (tx) => {
      await this.repository.lock(tx);
      return work(tx);
    });
  }

  private async advance(tx: Tx): Promise<void> {
    const now = this.clock.now();
    const keys = await this.repository.schedule(tx);
    if (this.schedule.isNextDue(keys, now)) await this.add(tx, this.schedule.nextSignsFrom(keys, now), now);
    const retired = this.schedule.retired(keys, now).map((key) => key.kid);
    if (retired.length > 0) await this.remove(tx, retired);
  }

  private async replaceSigners(tx: Tx, keys: readonly ScheduledKey[], now: Date): Promise<ScheduledKey> {
    const current = this.schedule.current(keys, now);
    const next = this.schedule.next(keys, now);
    const waiting = next?.kid === current?.kid ? null : next;
    // a leak is often noticed late, when the key that leaked signs no more but is still good for checking
    const signers = keys.filter(({ kid }) => kid !== waiting?.kid);
    await this.remove(
      tx,
      signers.map(({ kid }) => kid),
    );
    if (!waiting) return this.add(tx, now, now);
    await this.repository.signFrom(tx, waiting.kid, now);
    return { ...waiting, signsFrom: now };
  }

  private async add(tx: Tx, signsFrom: Date, now: Date): Promise<ScheduledKey> {
    const pair = await generateSigningKey(this.settings.jwtAlgorithm);
    await this.repository.insert(tx, pair, now, signsFrom);
    await this.signals.publish(tx, SIGNING_KEYS_CHANNEL);
    return { kid: pair.kid, algorithm: pair.algorithm, signsFrom };
  }

  private async remove(tx: Tx, kids: readonly string[]): Promise<void> {
    await this.repository.remove(tx, kids);
    await this.signals.publish(tx, SIGNING_KEYS_CHANNEL);
  }
}
