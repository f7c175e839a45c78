import { createHash, createHmac } from 'node:crypto';

/** What a block of RSA held: the message, or what stands in for one. */
export interface Unpadded {
  readonly message: Buffer;
  /** Not to be answered, nor branched on, before everything a wrong message would bring has been done. */
  readonly isGood: boolean;
}

export interface Unpadding {
  /** The block: as many bytes as the modulus has, as RSA without padding gives it. */
  readonly block: Buffer;
  /** Stands in for the message where no padding is right. */
  readonly substitute: Buffer;
  /** RSAES-PKCS1-v1_5 besides RSAES-OAEP. */
  readonly allowsPkcs1: boolean;
}

/** `start` counts in `bytes`, which is as long as the block and has the message at its end. `mask`: -1 right, 0 wrong. */
interface Attempt {
  readonly bytes: Buffer;
  readonly start: number;
  readonly mask: number;
}

/** At least so many bytes of padding (RFC 8017 §7.2.2). */
const MIN_PADDING_BYTES = 8;

/**
 * Takes the padding off a block: RSAES-PKCS1-v1_5 (RFC 8017 §7.2.2) or RSAES-OAEP with SHA-1 or SHA-256 and no label
 * (§7.1.2). All of them are tried on every block, without a branch on what it holds, and a wrong padding is no error: the
 * substitute comes in the message's place (implicit rejection), so that no padding oracle is left.
 */
export function unpad({ block, substitute, allowsPkcs1 }: Unpadding): Unpadded {
  const sealed = [oaep(block, 'sha1', 20), oaep(block, 'sha256', 32)];
  const loose = pkcs1(block, allowsPkcs1);
  // one block of OAEP in some 400 looks like PKCS1-v1_5 by chance, none the other way round: its hash decides
  const attempts = [...sealed, { ...loose, mask: loose.mask & ~maskOfAny(sealed) }];
  const fallback = Buffer.concat([Buffer.alloc(block.length - substitute.length), substitute]);
  const none = ~maskOfAny(attempts);
  const all = [...attempts, { bytes: fallback, start: block.length - substitute.length, mask: none }];
  const out = Buffer.alloc(block.length);
  let start = 0;
  for (const attempt of all) {
    for (let index = 0; index < out.length; index += 1)
      out[index] = at(out, index) | (at(attempt.bytes, index) & attempt.mask);
    start |= attempt.start & attempt.mask;
  }
  return { message: out.subarray(start), isGood: none === 0 };
}

/** A stand-in of 32 hexadecimal digits that follows from the ciphertext: the same one asked twice tells nothing. */
export function substituteFor(secret: Buffer, ciphertext: Buffer): Buffer {
  return Buffer.from(createHmac('sha256', secret).update(ciphertext).digest('hex').slice(0, 32));
}

/** 00 02, at least eight bytes that are not zero, 00, the message. */
function pkcs1(block: Buffer, isAllowed: boolean): Attempt {
  let bad = at(block, 0) | (at(block, 1) ^ 2) | (isAllowed ? 0 : 1);
  let isFound = 0;
  let separator = 0;
  for (let index = 2; index < block.length; index += 1) {
    const isFirst = isZero(at(block, index)) & (isFound ^ 1);
    separator |= -isFirst & index;
    isFound |= isFirst;
  }
  bad |= isFound ^ 1;
  bad |= isNegative(separator - (2 + MIN_PADDING_BYTES));
  return { bytes: block, start: separator + 1, mask: maskOf(bad) };
}

/** 00, masked seed, masked (hash of the empty label, zeros, 01, the message). */
function oaep(block: Buffer, hash: 'sha1' | 'sha256', hashBytes: number): Attempt {
  const maskedSeed = block.subarray(1, 1 + hashBytes);
  const maskedData = block.subarray(1 + hashBytes);
  const seed = xor(maskedSeed, mgf1(maskedData, hashBytes, hash));
  const data = xor(maskedData, mgf1(seed, maskedData.length, hash));
  const label = createHash(hash).digest();
  let bad = at(block, 0);
  for (let index = 0; index < hashBytes; index += 1) bad |= at(data, index) ^ at(label, index);
  let isFound = 0;
  let separator = 0;
  for (let index = hashBytes; index < data.length; index += 1) {
    const isOne = isZero(at(data, index) ^ 1) & (isFound ^ 1);
    separator |= -isOne & index;
    isFound |= isOne;
    bad |= (isFound ^ 1) & (isZero(at(data, index)) ^ 1);
  }
  bad |= isFound ^ 1;
  const offset = block.length - data.length;
  return { bytes: Buffer.concat([Buffer.alloc(offset), data]), start: offset + separator + 1, mask: maskOf(bad) };
}

/** RFC 8017 §B.2.1. */
function mgf1(seed: Buffer, length: number, hash: 'sha1' | 'sha256'): Buffer {
  const parts: Buffer[] = [];
  for (let counter = 0, bytes = 0; bytes < length; counter += 1) {
    const part = createHash(hash)
      .update(seed)
      .update(Buffer.of(0, 0, 0, counter))
      .digest();
    parts.push(part);
    bytes += part.length;
  }
  return Buffer.concat(parts).subarray(0, length);
}

function xor(left: Buffer, right: Buffer): Buffer {
  return Buffer.from(left.map((byte, index) => byte ^ at(right, index)));
}

function at(bytes: Buffer, index: number): number {
  return bytes[index] ?? 0;
}

/** 1 for 0, else 0. For bytes. */
function isZero(byte: number): number {
  return isNegative(byte - 1);
}

function isNegative(value: number): number {
  return (value >>> 31) & 1;
}

/** -1 where one of them is right, else 0. */
function maskOfAny(attempts: readonly Attempt[]): number {
  return attempts.reduce((mask, attempt) => mask | attempt.mask, 0);
}

/** -1 where nothing is bad, else 0. */
function maskOf(bad: number): number {
  return -isNegative((bad & 0xff) - 1);
}
