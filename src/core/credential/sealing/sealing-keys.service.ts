import { generateKeyPair } from 'node:crypto';
import { Injectable, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { promisify } from 'node:util';
import { Database, type Tx } from '../../../database/database.service';
import { addSeconds, Clock } from '../../../kernel/clock';
import { AppError } from '../../../kernel/errors/app-error';
import { Jobs } from '../../../platform/jobs/jobs.service';
import { MasterKeyError } from '../../../platform/keys/master-key.error';
import { SealingKeyRepository, type ActiveSealingKey, type SealingKeyPair } from './sealing-keys.repository';

const MODULUS_BITS = 2048;
const LIFE_SECONDS = 120;
/** For so long one key is handed out to everybody who asks; then it has the rest of its life to be used. */
const SHARED_SECONDS = 3;
/** In so long, where failures have retired the first of them. */
const KEYS_AT_MOST = 2;
/**
 * With one key. A network that has failed so often with it has to ask for another. Where answers tell whether a ciphertext
 * was whole, so has everybody after so many failures of all networks: far fewer than an attack by such answers takes
 * (Bleichenbacher 1998), far more than one network can bring about. Sign-in tells nothing, so it goes on: else strangers
 * could keep everybody out.
 */
const ALLOWED_FAILURES = { ofNetwork: 20, ofAll: 400 };
/** For so long a process hands its key out without a look at what other processes have counted. */
const UNSEEN_SECONDS = 0.5;
const PURGE_SECONDS = 60;
const RETRY_AFTER_SECONDS = 5;

/** Who opens something with a key, and whether the answer tells how that went. */
export interface SealingKeyUse {
  /** Null: who cannot be made to suffer for others there. */
  readonly network: string | null;
  readonly isTold: boolean;
}

/** A key that is good for a use. */
export interface UsableSealingKey {
  /** PKCS #8, DER; null: there is none of this number, or none any more. */
  readonly privateDer: Buffer | null;
}

const generate = promisify(generateKeyPair);

/**
 * Short-lived RSA keys that clients encrypt passwords under. They are made ahead, by threads beside the event loop, and
 * only while somebody asks for them; all processes hand out the same one.
 */
@Injectable()
export class SealingKeys implements OnModuleInit, OnModuleDestroy {
  private active: { readonly key: ActiveSealingKey; readonly seenAt: Date } | undefined;
  private spare: Promise<SealingKeyPair> | undefined;
  private never: Promise<SealingKeyPair> | undefined;
  private advancing: Promise<ActiveSealingKey> | undefined;

  constructor(
    private readonly database: Database,
    private readonly repository: SealingKeyRepository,
    private readonly clock: Clock,
    private readonly jobs: Jobs,
  ) {}

  onModuleInit(): void {
    this.makeNever().catch(() => undefined);
    this.jobs.register({
      name: 'purge-sealing-keys',
      everySeconds: PURGE_SECONDS,
      run: () => this.repository.purge(this.database.pool, this.clock.now()),
    });
  }

  async onModuleDestroy(): Promise<void> {
    await Promise.allSettled([this.never, this.spare, this.advancing]);
  }

  /** The key to encrypt under now. */
  async current(): Promise<ActiveSealingKey> {
    const { active } = this;
    const now = this.clock.now();
    if (active && active.key.activeFrom > this.sharedSince() && now < addSeconds(active.seenAt, UNSEEN_SECONDS)) {
      return active.key;
    }
    this.advancing ??= this.advance().finally(() => {
      this.advancing = undefined;
    });
    return this.advancing;
  }

  /**
   * Null for one that is retired for this network or use. Where the answer tells, call it in the transaction that notes the
   * failure, until whose end nobody else gets it for such a use: so no more are opened than may fail.
   *
   * @throws AppError `unavailable` for one that another process sealed under a master key which this one has not got (yet)
   */
  async find(tx: Tx, id: number, use: SealingKeyUse): Promise<UsableSealingKey | null> {
    const seen = await this.look(tx, id, use);
    // nobody queues for one that is retired
    if (!seen || !use.isTold) return seen;
    await this.repository.hold(tx, id);
    return this.look(tx, id, use);
  }

  private async look(tx: Tx, id: number, { network, isTold }: SealingKeyUse): Promise<UsableSealingKey | null> {
    try {
      const asked = { network, limits: ALLOWED_FAILURES, now: this.clock.now() };
      const key = await this.repository.find(tx, id, asked);
      if (key && (key.isRetired || (isTold && key.isSpent))) return null;
      return { privateDer: key?.privateDer ?? null };
    } catch (cause) {
      if (!(cause instanceof MasterKeyError)) throw cause;
      throw new AppError('unavailable', { cause, retryAfterSeconds: RETRY_AFTER_SECONDS });
    }
  }

  /** A private part that work can be done with where there is no key. It is handed out to nobody: nothing is meant for it. */
  async decoy(): Promise<Buffer> {
    return (await this.makeNever()).privateDer;
  }

  /** Counts a password that came under this key and was not right, whatever was wrong with it. */
  async noteFailure(tx: Tx, id: number, network: string): Promise<void> {
    const failures = await this.repository.noteFailure(tx, id, network, this.clock.now());
    if (failures >= ALLOWED_FAILURES.ofNetwork && this.active?.key.id === id) this.active = undefined;
  }

  private async advance(): Promise<ActiveSealingKey> {
    const seenAt = this.clock.now();
    const key = (await this.findShared(this.database.pool)) ?? (await this.replace());
    this.active = { key, seenAt };
    return key;
  }

  private async replace(): Promise<ActiveSealingKey> {
    const pair = await this.makeSpare();
    const { key, isOurs } = await this.database.transaction(async (tx) => {
      await this.repository.lock(tx);
      const shared = await this.findShared(tx);
      if (shared) return { key: shared, isOurs: false };
      const now = this.clock.now();
      return { key: await this.repository.insert(tx, pair, now, addSeconds(now, LIFE_SECONDS)), isOurs: true };
    });
    if (isOurs) this.spare = undefined;
    void this.makeSpare();
    return key;
  }

  /** Also a retired one, once there has been another in its place: failures must not make us make keys. */
  private async findShared(tx: Tx): Promise<ActiveSealingKey | null> {
    const keys = await this.repository.activeSince(tx, this.sharedSince(), ALLOWED_FAILURES);
    const good = keys.find(({ isRetired, isSpent }) => !isRetired && !isSpent);
    if (good || keys.length < KEYS_AT_MOST) return good ?? null;
    return keys.find(({ isSpent }) => !isSpent) ?? keys[0] ?? null;
  }

  /** The next pair, being made if there is none. A failure is told to whoever waits, and the next one tries again. */
  private makeSpare(): Promise<SealingKeyPair> {
    this.spare ??= newPair().catch((error: unknown) => {
      this.spare = undefined;
      throw error;
    });
    this.spare.catch(() => undefined);
    return this.spare;
  }

  private makeNever(): Promise<SealingKeyPair> {
    this.never ??= newPair().catch((error: unknown) => {
      this.never = undefined;
      throw error;
    });
    return this.never;
  }

  private sharedSince(): Date {
    return addSeconds(this.clock.now(), -SHARED_SECONDS);
  }
}

async function newPair(): Promise<SealingKeyPair> {
  const { publicKey, privateKey } = await generate('rsa', { modulusLength: MODULUS_BITS });
  return {
    publicDer: publicKey.export({ format: 'der', type: 'pkcs1' }),
    privateDer: privateKey.export({ format: 'der', type: 'pkcs8' }),
  };
}
