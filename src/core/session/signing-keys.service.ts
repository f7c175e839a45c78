import { Injectable, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import type { KeyObject } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { Database } from '../../database/database.service';
import { Clock } from '../../kernel/clock';
import { Signals } from '../../platform/events/signals.service';
import { Poll } from './poll';
import { SIGNING_KEYS_CHANNEL, SigningKeyRotation } from './signing-key-rotation.service';
import type { PublishedJwk, SigningAlgorithm, SigningKey } from './signing-key';
import { SigningKeyRepository } from './signing-keys.repository';

export interface CurrentSigningKey {
  readonly kid: string;
  readonly algorithm: SigningAlgorithm;
  readonly privateKey: KeyObject;
}

export interface VerificationKey {
  readonly algorithm: SigningAlgorithm;
  readonly publicKey: KeyObject;
}

const REREAD_MILLISECONDS = 1000;

/** The key set of access tokens as this process knows it, at most a second behind the table. */
@Injectable()
export class SigningKeys implements OnModuleInit, OnModuleDestroy {
  private keys: readonly SigningKey[] = [];
  private readonly poll: Poll<readonly SigningKey[]>;
  private reread: Promise<void> | undefined;
  private rereadAt = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly database: Database,
    private readonly repository: SigningKeyRepository,
    private readonly rotation: SigningKeyRotation,
    private readonly clock: Clock,
    private readonly signals: Signals,
  ) {
    this.poll = new Poll(
      'signing keys',
      () => this.read(),
      (keys) => {
        this.keys = keys;
      },
    );
  }

  /** Makes the first key where there is none. Fails when the current one cannot be opened: better at start than later. */
  async onModuleInit(): Promise<void> {
    await this.rotation.prepare();
    await this.poll.start();
    this.current();
    this.signals.subscribe(SIGNING_KEYS_CHANNEL, () => {
      this.poll.wake();
    });
  }

  async onModuleDestroy(): Promise<void> {
    await this.poll.stop();
  }

  /** The key that signs now. */
  current(): CurrentSigningKey {
    const key = this.rotation.schedule.current(this.keys, this.clock.now());
    if (!key) throw new Error('there is no signing key: the module has not been initialised');
    return { kid: key.kid, algorithm: key.algorithm, privateKey: key.privateKey() };
  }

  /** The published key of this id, as far as this process has heard. */
  find(kid: string): VerificationKey | null {
    return this.keys.find((key) => key.kid === kid) ?? null;
  }

  /**
   * The published key of this id. For one unknown here the table is read again first, at most once a second however
   * many ids strangers make up: who comes in between waits for the next read rather than be refused wrongly.
   */
  async resolve(kid: string): Promise<VerificationKey | null> {
    const known = this.find(kid);
    if (known) return known;
    await this.readAgain();
    return this.find(kid);
  }

  /** The published set (RFC 7517): public parts of the current key, of former ones, and of the one that signs next. */
  jwks(): { keys: PublishedJwk[] } {
    return { keys: this.keys.map((key) => ({ ...key.publicJwk, kid: key.kid, alg: key.algorithm, use: 'sig' })) };
  }

  /** How long others may cache the set, in seconds. */
  get jwksMaxAgeSeconds(): number {
    return this.rotation.schedule.jwksMaxAgeSeconds;
  }

  /**
   * Publishes the next key, which signs when the lead is over; `isCompromised` drops the current key and the former ones
   * at once instead, with every access token they signed. Returns the key that will sign, and from when.
   */
  async rotate(options: { isCompromised: boolean }): Promise<{ kid: string; signsFrom: Date }> {
    const { kid, signsFrom } = await this.rotation.rotate(options);
    await this.poll.readNow();
    return { kid, signsFrom };
  }

  private readAgain(): Promise<void> {
    const waitMilliseconds = Math.max(0, this.rereadAt + REREAD_MILLISECONDS - performance.now());
    this.reread ??= delay(waitMilliseconds).then(() => {
      this.reread = undefined;
      this.rereadAt = performance.now();
      return this.poll.readNow();
    });
    return this.reread;
  }

  /** Parses the set again only when it has changed. */
  private async read(): Promise<readonly SigningKey[]> {
    const rows = await this.repository.schedule(this.database.reserved);
    const isSame = rows.length === this.keys.length && rows.every((row) => this.hasSame(row.kid, row.signsFrom));
    return isSame ? this.keys : this.repository.load(this.database.reserved);
  }

  private hasSame(kid: string, signsFrom: Date): boolean {
    return this.keys.some((key) => key.kid === kid && key.signsFrom.getTime() === signsFrom.getTime());
  }
}
