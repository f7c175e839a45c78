import { createPublicKey, generateKeyPair, type JsonWebKey, type KeyObject } from 'node:crypto';
import { promisify } from 'node:util';
import type { Settings } from '../../config/settings';
import { newId } from '../../kernel/ids';

export type SigningAlgorithm = Settings['jwtAlgorithm'];

/** A key of the published set, as this process knows it. */
export interface SigningKey {
  readonly kid: string;
  readonly algorithm: SigningAlgorithm;
  readonly publicJwk: JsonWebKey;
  readonly publicKey: KeyObject;
  /** Opened when it is first needed: only the key that signs ever needs it. */
  readonly privateKey: () => KeyObject;
  readonly createdAt: Date;
  readonly signsFrom: Date;
}

/** A key as `/auth/jwks` shows it (RFC 7517 §4). */
export interface PublishedJwk extends JsonWebKey {
  readonly kid: string;
  readonly alg: SigningAlgorithm;
  readonly use: 'sig';
}

export interface FreshKeyPair {
  readonly kid: string;
  readonly algorithm: SigningAlgorithm;
  readonly publicJwk: JsonWebKey;
  /** PKCS #8, DER. */
  readonly privateDer: Buffer;
}

const generate = promisify(generateKeyPair);

/** Makes a key pair for an algorithm, under a fresh key id. */
export async function generateSigningKey(algorithm: SigningAlgorithm): Promise<FreshKeyPair> {
  const { publicKey, privateKey } = await pairFor(algorithm);
  return {
    kid: newId(),
    algorithm,
    publicJwk: publicKey.export({ format: 'jwk' }),
    privateDer: privateKey.export({ format: 'der', type: 'pkcs8' }),
  };
}

function pairFor(algorithm: SigningAlgorithm): Promise<{ publicKey: KeyObject; privateKey: KeyObject }> {
  if (algorithm === 'ES256') return generate('ec', { namedCurve: 'P-256' });
  if (algorithm === 'ES384') return generate('ec', { namedCurve: 'P-384' });
  return generate('rsa', { modulusLength: 3072 });
}

export function publicKeyOf(jwk: JsonWebKey): KeyObject {
  return createPublicKey({ key: jwk, format: 'jwk' });
}
