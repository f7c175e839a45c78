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
/** A key is retired for a network that has failed so often with it. */
const ALLOWED_FAILURES = 20;
/**
 * Where answers tell whether a ciphertext was whole, a key is retired for everybody after so many failures of all networks:
 * far fewer than an attack by such answers takes (Bleichenbacher 1998), far more than one network can bring about. Sign-in
 * tells nothing, so it goes on: else strangers could keep everybody out.
 */
const ALLOWED_FAILURES_OF_ALL = 400;
const PURGE_SECONDS = 60;

/** Who opens something with a key, and whether the answer tells how that went. */
export interface SealingKeyUse {
  readonly network: string;
  readonly isTold: boolean;
}

const generate = promisify(generateKeyPair);

/**
 * Short-lived RSA keys that clients encrypt passwords under. They are made ahead, by threads beside the event loop, and
 * only while somebody asks for them; all processes hand out the same one.
 */
@Injectable()
export class SealingKeys implements OnModuleInit, OnModuleDestroy {
  private active: ActiveSealingKey | undefined;
  private spare: Promise<SealingKeyPair> | undefined;
  private first: Promise<SealingKeyPair> | undefined;
  private advancing: Promise<ActiveSealingKey> | undefined;

  constructor(
    private readonly database: Database,
    private readonly repository: SealingKeyRepository,
    private readonly clock: Clock,
    private readonly jobs: Jobs,
  ) {}

  onModuleInit(): void {
    this.first = this.makeSpare();
    this.jobs.register({
      name: 'purge-sealing-keys',
      everySeconds: PURGE_SECONDS,
      run: () => this.repository.purge(this.database.pool, this.clock.now()),
    });
  }

  async onModuleDestroy(): Promise<void> {
    await Promise.allSettled([this.first, this.spare, this.advancing]);
  }

  /** The key to encrypt under now. */
  async current(): Promise<ActiveSealingKey> {
    if (this.active && this.active.activeFrom > this.sharedSince()) return this.active;
    this.advancing ??= this.advance().finally(() => {
      this.advancing = undefined;
    });
    return this.advancing;
  }

  /**
   * The private part (PKCS #8, DER); null for a key that is unknown, expired, or retired for this network or use.
   *
   * @throws AppError `unavailable` for one that another process sealed under a master key which this one has not got (yet)
   */
  async privateOf(id: number, { network, isTold }: SealingKeyUse): Promise<Buffer | null> {
    const allowed = { network, ofNetwork: ALLOWED_FAILURES, ofAll: isTold ? ALLOWED_FAILURES_OF_ALL : null };
    try {
      return await this.repository.privateOf(this.database.pool, id, allowed, this.clock.now());
    } catch (cause) {
      throw cause instanceof MasterKeyError ? new AppError('unavailable', { cause }) : cause;
    }
  }

  /** A private part that work can be done with where there is no key: of this process's first pair. */
  async decoy(): Promise<Buffer> {
    this.first ??= this.makeSpare();
    const pair = await this.first.catch((error: unknown) => {
      this.first = undefined;
      throw error;
    });
    return pair.privateDer;
  }

  /** Counts a password that came under this key and was not right, whatever was wrong with it. */
  async noteFailure(id: number, network: string): Promise<void> {
    const failures = await this.repository.noteFailure(this.database.pool, id, network);
    if (failures >= ALLOWED_FAILURES && this.active?.id === id) this.active = undefined;
  }

  private async advance(): Promise<ActiveSealingKey> {
    const pair = await this.makeSpare();
    const { key, isOurs } = await this.database.transaction(async (tx) => {
      await this.repository.lock(tx);
      const shared = await this.findShared(tx);
      if (shared) return { key: shared, isOurs: false };
      const now = this.clock.now();
      return { key: await this.repository.insert(tx, pair, now, addSeconds(now, LIFE_SECONDS)), isOurs: true };
    });
    if (isOurs) this.spare = undefined;
    this.active = key;
    void this.makeSpare();
    return key;
  }

  /** Also one that was retired for a network, once there has been another in its place: failures must not make us make keys. */
  private async findShared(tx: Tx): Promise<ActiveSealingKey | null> {
    const keys = await this.repository.activeSince(tx, this.sharedSince(), ALLOWED_FAILURES);
    const good = keys.find(({ isRetired }) => !isRetired);
    return good ?? (keys.length < KEYS_AT_MOST ? null : (keys[0] ?? null));
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
