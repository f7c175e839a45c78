import {
  constants,
  generateKeyPairSync,
  privateDecrypt,
  publicEncrypt,
  randomBytes,
  type KeyObject,
} from 'node:crypto';
import fc from 'fast-check';
import { substituteFor, unpad, type Unpadded } from './rsa-unpad';

const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const other = generateKeyPairSync('rsa', { modulusLength: 2048 });
const substitute = Buffer.from('0123456789abcdef0123456789abcdef');

function raw(block: Buffer): Buffer {
  return publicEncrypt({ key: publicKey, padding: constants.RSA_NO_PADDING }, block);
}

function opened(ciphertext: Buffer, key: KeyObject = privateKey, allowsPkcs1 = true): Unpadded {
  const block = privateDecrypt({ key, padding: constants.RSA_NO_PADDING }, ciphertext);
  return unpad({ block, substitute, allowsPkcs1 });
}

const paddings: Record<string, (message: Buffer) => Buffer> = {
  'PKCS1-v1_5': (message) => publicEncrypt({ key: publicKey, padding: constants.RSA_PKCS1_PADDING }, message),
  'OAEP with SHA-1': (message) => publicEncrypt({ key: publicKey, oaepHash: 'sha1' }, message),
  'OAEP with SHA-256': (message) => publicEncrypt({ key: publicKey, oaepHash: 'sha256' }, message),
};

describe.each(Object.keys(paddings))('%s', (name) => {
  const encrypt = (message: Buffer) => paddings[name]?.(message) ?? Buffer.alloc(0);

  it('gives back what was encrypted, from nothing to the longest', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 190 }), (bytes) => {
        const { message, isGood } = opened(encrypt(Buffer.from(bytes)));
        expect(isGood).toBe(true);
        expect(message.equals(Buffer.from(bytes))).toBe(true);
      }),
      { numRuns: 200 },
    );
  });

  it('under another key is the substitute', () => {
    for (let round = 0; round < 20; round += 1) {
      const ciphertext = encrypt(randomBytes(20));
      ciphertext[0] = 0; // below either modulus
      const { message, isGood } = opened(ciphertext, other.privateKey);
      expect([isGood, message.toString()]).toEqual([false, substitute.toString()]);
    }
  });
});

function looksLikePkcs1(ciphertext: Buffer): boolean {
  const block = privateDecrypt({ key: privateKey, padding: constants.RSA_NO_PADDING }, ciphertext);
  return block[1] === 2 && block.indexOf(0, 2) >= 10;
}

it.each(['OAEP with SHA-1', 'OAEP with SHA-256'])(
  '%s is that also where it looks like PKCS1-v1_5 by chance',
  (name) => {
    const message = Buffer.from('a password');
    let ciphertext = paddings[name]?.(message) ?? Buffer.alloc(0);
    while (!looksLikePkcs1(ciphertext)) ciphertext = paddings[name]?.(message) ?? Buffer.alloc(0);
    expect(opened(ciphertext)).toEqual({ message, isGood: true });
  },
);

/** A block as PKCS1-v1_5 makes it, to be spoiled. */
function block(paddingBytes: number, message: Buffer): Buffer {
  const zero = 256 - 3 - paddingBytes - message.length;
  return Buffer.concat([Buffer.of(0, 2), Buffer.alloc(paddingBytes, 7), Buffer.of(0), message, Buffer.alloc(zero, 1)]);
}

describe('a block that is not padded right', () => {
  it.each<[string, Buffer]>([
    ['does not begin with 00', Buffer.concat([Buffer.of(1), block(8, Buffer.alloc(245)).subarray(1)])],
    ['has another type than 02', Buffer.concat([Buffer.of(0, 1), block(8, Buffer.alloc(245)).subarray(2)])],
    ['has seven bytes of padding', block(7, Buffer.alloc(246))],
    ['has no end of its padding', Buffer.concat([Buffer.of(0, 2), Buffer.alloc(254, 9)])],
    ['is all zero', Buffer.alloc(256)],
    ['is random', Buffer.concat([Buffer.of(0), randomBytes(255)])],
  ])('because it %s: the substitute', (_what, bytes) => {
    const { message, isGood } = unpad({ block: bytes, substitute, allowsPkcs1: true });
    expect([isGood, message.toString()]).toEqual([false, substitute.toString()]);
  });

  it('any one bit of OAEP changed: the substitute', () => {
    const encrypted = paddings['OAEP with SHA-256']?.(Buffer.from('secret')) ?? Buffer.alloc(0);
    const bytes = privateDecrypt({ key: privateKey, padding: constants.RSA_NO_PADDING }, encrypted);
    for (let bit = 0; bit < bytes.length * 8; bit += 17) {
      const changed = Buffer.from(bytes);
      changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(unpad({ block: changed, substitute, allowsPkcs1: true }).isGood).toBe(false);
    }
  });
});

it('eight bytes of padding and a message of nothing but its end are right', () => {
  const message = Buffer.alloc(245, 3);
  expect(unpad({ block: block(8, message), substitute, allowsPkcs1: true })).toEqual({ message, isGood: true });
});

it('PKCS1-v1_5 is refused where it is not allowed, OAEP is not', () => {
  const encrypted = Object.values(paddings).map((encrypt) => encrypt(Buffer.from('secret')));
  expect(encrypted.map((ciphertext) => opened(ciphertext, privateKey, false).isGood)).toEqual([false, true, true]);
});

it('a substitute follows from its ciphertext, and from the secret', () => {
  const [one, two] = [raw(block(20, Buffer.from('a'))), raw(block(21, Buffer.from('a')))];
  const secret = randomBytes(32);
  expect(substituteFor(secret, one)).toEqual(substituteFor(secret, one));
  expect(substituteFor(secret, one)).not.toEqual(substituteFor(secret, two));
  expect(substituteFor(randomBytes(32), one)).not.toEqual(substituteFor(secret, one));
  expect(substituteFor(secret, one).toString()).toMatch(/^[0-9a-f]{32}$/);
});
