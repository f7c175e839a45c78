import { Injectable } from '@nestjs/common';
import { Settings } from '../../config/settings';
import { hmacSha256 } from '../crypto/digest';
import { open, seal } from '../crypto/secret-box';
import { masterKeyOf } from './master-key-file';
import { MasterKeyError } from './master-key.error';

const KEY_ID_BYTES = 8;

interface MasterKey {
  readonly id: Buffer;
  readonly key: Buffer;
}

/** Encrypts secrets at rest: the first master key seals, each of them opens. A sealed value says by id which did it. */
@Injectable()
export class MasterKeyring {
  private readonly first: MasterKey;
  private readonly all: readonly MasterKey[];

  constructor(settings: Settings) {
    const [first = masterKeyOf(settings.dataDir), ...others] = settings.masterKeys;
    this.first = identify(first);
    this.all = [this.first, ...others.map(identify)];
  }

  /** Seals for one place, named by `context`, such as `signing_keys/<kid>`: it opens with the same context only. */
  seal(plaintext: Buffer, context: string): Buffer {
    return Buffer.concat([this.first.id, seal(this.first.key, plaintext, context)]);
  }

  /** Opens what any of the master keys sealed with this context; throws, naming no value, when none can. */
  open(sealed: Buffer, context: string): Buffer {
    const { key } = this.find(sealed, context);
    try {
      return open(key, sealed.subarray(KEY_ID_BYTES), context);
    } catch (cause) {
      throw new MasterKeyError(`${context} was changed since it was encrypted and does not open.`, { cause });
    }
  }

  /**
   * Makes sure of the master key that sealed this, of which the id at its head is enough.
   *
   * @param what what was sealed, for the message
   * @throws MasterKeyError
   */
  assertHas(sealed: Buffer, what: string): void {
    this.find(sealed, what);
  }

  /** Whether a master key that is no longer the first sealed this, of which the id at its head is enough. */
  needsReseal(sealed: Buffer): boolean {
    return !this.first.id.equals(sealed.subarray(0, KEY_ID_BYTES));
  }

  private find(sealed: Buffer, what: string): MasterKey {
    const id = sealed.subarray(0, KEY_ID_BYTES);
    const known = this.all.find((candidate) => candidate.id.equals(id));
    if (known) return known;
    throw new MasterKeyError(
      `${what} was encrypted under another master key. Put that key (MASTER_KEY, or the content of master.key ` +
        'in the former data folder) back at the end of MASTER_KEY.',
    );
  }
}

/** The id is derived one way, so it tells nothing of the key. */
function identify(key: Buffer): MasterKey {
  return { key, id: hmacSha256(key, 'latchkey master key id').subarray(0, KEY_ID_BYTES) };
}
