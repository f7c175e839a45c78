import { constants, createPublicKey, publicEncrypt, webcrypto } from 'node:crypto';
import JSEncrypt from 'jsencrypt';

/** A key as `GET /auth/key` gives it: base64 of the PKCS #1 public key. */
export type Encrypt = (password: string, key: string) => Promise<string>;

const keyOf = (key: string) => createPublicKey({ key: Buffer.from(key, 'base64'), format: 'der', type: 'pkcs1' });

function byWebCrypto(hash: 'SHA-1' | 'SHA-256'): Encrypt {
  return async (password, key) => {
    const spki = keyOf(key).export({ format: 'der', type: 'spki' });
    const algorithm = { name: 'RSA-OAEP', hash };
    const imported = await webcrypto.subtle.importKey('spki', spki, algorithm, false, ['encrypt']);
    const encrypted = await webcrypto.subtle.encrypt({ name: 'RSA-OAEP' }, imported, Buffer.from(password));
    return Buffer.from(encrypted).toString('base64');
  };
}

/** The libraries that clients encrypt passwords with. */
export const sealedClients: Readonly<Record<string, Encrypt>> = {
  jsencrypt: (password, key) => {
    const encryptor = new JSEncrypt();
    encryptor.setPublicKey(key);
    const encrypted = encryptor.encrypt(password);
    return encrypted === false ? Promise.reject(new Error('jsencrypt could not')) : Promise.resolve(encrypted);
  },
  'WebCrypto, SHA-1': byWebCrypto('SHA-1'),
  'WebCrypto, SHA-256': byWebCrypto('SHA-256'),
};

/** Any bytes, in the padding that jsencrypt uses. */
export function encryptBytes(bytes: Buffer, key: string): string {
  return publicEncrypt({ key: keyOf(key), padding: constants.RSA_PKCS1_PADDING }, bytes).toString('base64');
}

/** Any number below the modulus, without padding. */
export function encryptRaw(block: Buffer, key: string): string {
  return publicEncrypt({ key: keyOf(key), padding: constants.RSA_NO_PADDING }, block).toString('base64');
}
