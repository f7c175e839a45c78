import { constants, createPrivateKey, privateDecrypt, randomBytes, type KeyObject } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Settings } from '../../../config/settings';
import type { Tx } from '../../../database/database.service';
import { decodeText } from '../../../platform/crypto/cesu8';
import { sha256 } from '../../../platform/crypto/digest';
import { substituteFor, unpad } from '../../../platform/crypto/rsa-unpad';
import { SealingKeys } from './sealing-keys.service';

export interface SealedPassword {
  readonly keyId: number;
  /** Base64 (RFC 4648 §4) of what was encrypted under that key. */
  readonly ciphertext: string;
  /** Whose failures may have retired the key; null: nobody's. */
  readonly network: string | null;
  /** Whether the answer will tell that it was whole; else it is a wrong password like any other. */
  readonly isTold: boolean;
}

export interface OpenedPassword {
  /** Something in any case: where the ciphertext was no good, what no account has. */
  readonly password: string;
  /** Whether that is what was encrypted. Only for whoever has nothing to compare it with: else it would be an oracle. */
  readonly isWhole: boolean;
  /** SHA-256 of the ciphertext: of any number of ciphertexts with the same one, one counts. */
  readonly digest: Buffer;
}

const BLOCK_BYTES = 256;
/** Strict (RFC 4648 §3.5): the bits of the last character that hold nothing are zero. */
const BASE64 = /^[A-Za-z0-9+/]{341}[AQgw]==$/;

/**
 * Opens passwords that a client encrypted under a sealing key: RSAES-PKCS1-v1_5, or RSAES-OAEP with SHA-1 or SHA-256 (RFC
 * 8017 §7). What is wrong with one cannot be told from the result, nor from the time it takes.
 */
@Injectable()
export class SealedPasswords {
  /** What substitutes follow from; new with each process. */
  private readonly secret = randomBytes(32);

  constructor(
    private readonly settings: Settings,
    private readonly keys: SealingKeys,
  ) {}

  /**
   * Null where the key is retired: nothing is opened. Where the answer will tell, call it in the transaction that notes what
   * was not whole.
   */
  async open(tx: Tx, { keyId, ciphertext, ...use }: SealedPassword): Promise<OpenedPassword | null> {
    const found = await this.keys.find(tx, keyId, use);
    if (!found) return null;
    const { privateDer } = found;
    const bytes = BASE64.test(ciphertext) ? Buffer.from(ciphertext, 'base64') : null;
    const substitute = substituteFor(this.secret, bytes ?? Buffer.from(ciphertext));
    const block = blockOf(parsed(privateDer ?? (await this.keys.decoy())), bytes ?? substitute);
    const { message, isGood } = unpad({ block, substitute, allowsPkcs1: !this.settings.isHardened });
    // which keys there are is public
    const { text, isWhole } = decodeText(privateDer ? message : substitute);
    return { password: text, isWhole: isWhole && isGood && privateDer !== null, digest: sha256(bytes ?? ciphertext) };
  }
}

/** Each time anew: a key that has expired must not live on in memory. */
function parsed(privateDer: Buffer): KeyObject {
  return createPrivateKey({ key: privateDer, format: 'der', type: 'pkcs8' });
}

/** RSA without padding. What is no number below the modulus, as anybody can see, gives a block that is not padded right. */
function blockOf(key: KeyObject, bytes: Buffer): Buffer {
  const isInRange = bytes.length === BLOCK_BYTES;
  try {
    const input = isInRange ? bytes : Buffer.concat([Buffer.alloc(BLOCK_BYTES - bytes.length), bytes]);
    return privateDecrypt({ key, padding: constants.RSA_NO_PADDING }, input);
  } catch {
    return Buffer.alloc(BLOCK_BYTES, 0xff);
  }
}
