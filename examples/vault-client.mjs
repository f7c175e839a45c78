// A client of the vault contract: everything that a zero-knowledge vault derives, it derives here. The service sees neither
// the master password nor a key. `node examples/vault-walk.mjs` shows it at work; docs/contracts/vault.md explains it.
import { randomBytes } from 'node:crypto';
import { xchacha20poly1305 } from '@noble/ciphers/chacha.js';
import { argon2idAsync } from '@noble/hashes/argon2.js';
import { hkdf } from '@noble/hashes/hkdf.js';
import { sha256 } from '@noble/hashes/sha2.js';

/** RFC 9106 §4, the second recommended option. Send exactly this text: decoys look the same. */
export const ARGON2_PARAMS = '{"algorithm":"argon2id","version":19,"memory":65536,"iterations":3,"parallelism":4}';

const KEY_BYTES = 32;
const NONCE_BYTES = 24;

/**
 * The key that opens the data key, and the verifier that signs in. Two outputs of one HKDF: who sees the verifier learns
 * nothing of the key.
 */
export async function derive(masterPassword, salt, argon2Params) {
  const { memory, iterations, parallelism } = JSON.parse(argon2Params);
  const root = await argon2idAsync(masterPassword.normalize('NFKC'), fromBase64(salt), {
    m: memory,
    t: iterations,
    p: parallelism,
    dkLen: KEY_BYTES,
  });
  const output = (info) => hkdf(sha256, root, undefined, Buffer.from(info), KEY_BYTES);
  return { key: output('vault key'), authVerifier: toBase64(output('vault verifier')) };
}

/**
 * The data key encrypted under the master password: what the service keeps. The salt is the one that `prelogin` gives for
 * the address, with or without a vault: so nobody who asks again later sees that one was made, or its password changed.
 */
export async function seal(masterPassword, dek, salt) {
  const nonce = randomBytes(NONCE_BYTES);
  const { key, authVerifier } = await derive(masterPassword, salt, ARGON2_PARAMS);
  const encryptedDek = xchacha20poly1305(key, nonce).encrypt(dek);
  return {
    encryptedDek: toBase64(encryptedDek),
    salt,
    nonce: toBase64(nonce),
    argon2Params: ARGON2_PARAMS,
    authVerifier,
  };
}

/** An error of the service: `error.code` is stable, `message` is for people. */
export class VaultError extends Error {
  constructor(status, { message, code, details }) {
    super(message);
    this.name = 'VaultError';
    Object.assign(this, { status, code, details });
  }
}

/** One browser or app: it keeps its cookies, the device token among them, and after a sign-in the data key. */
export class VaultClient {
  dek = null;
  #cookies = new Map();

  constructor(baseUrl) {
    this.baseUrl = baseUrl;
  }

  async enrol(username, email) {
    return this.#send('POST', '', { username, email });
  }

  async proveMailbox(otpCode) {
    return this.#send('PATCH', '/verif/otp', { otpCode });
  }

  /** The last step: makes a data key that never leaves this client unencrypted. Signed in afterwards. */
  async chooseMasterPassword(email, masterPassword) {
    const dek = randomBytes(KEY_BYTES);
    const { salt } = await this.#send('POST', '/prelogin', { email });
    await this.#send('PATCH', '/verif/identifier', await seal(masterPassword, dek, salt));
    this.dek = dek;
  }

  async signIn(email, masterPassword) {
    const { salt, argon2Params } = await this.#send('POST', '/prelogin', { email });
    const { key, authVerifier } = await derive(masterPassword, salt, argon2Params);
    const account = await this.#send('POST', '/login', { email, authVerifier });
    const { encryptedDek, nonce } = await this.#send('GET', '/identifier');
    this.dek = xchacha20poly1305(key, fromBase64(nonce)).decrypt(fromBase64(encryptedDek));
    return account;
  }

  /** The same data key under another password: nothing that was encrypted has to be encrypted again. */
  async changeMasterPassword(email, current, next) {
    const { salt, argon2Params } = await this.#send('POST', '/prelogin', { email });
    const { authVerifier: currentAuthVerifier } = await derive(current, salt, argon2Params);
    await this.#send('PATCH', '/verif/identifier', { ...(await seal(next, this.dek, salt)), currentAuthVerifier });
  }

  /**
   * With the token of a notice's mailed link: what somebody else changed is as it was before, every session ends, and a
   * new master password counts. `former` is the one of before the change; the data stays.
   */
  async undo(token, former, next) {
    const { salt, argon2Params } = await this.#send('POST', '/undo/prelogin', { token });
    const { key, authVerifier: formerAuthVerifier } = await derive(former, salt, argon2Params);
    const { encryptedDek, nonce } = await this.#send('POST', '/undo/identifier', { token, formerAuthVerifier });
    this.dek = xchacha20poly1305(key, fromBase64(nonce)).decrypt(fromBase64(encryptedDek));
    await this.#send('POST', '/undo', { token, formerAuthVerifier, ...(await seal(next, this.dek, salt)) });
  }

  /** For guesses that are found wrong on the client, such as a local unlock. */
  async reportFailed(email) {
    return this.#send('POST', '/report-failed', { email });
  }

  /** With the token of the mailed link: this client and its network may try again. */
  async unlock(token) {
    return this.#send('POST', '/unlock-account', { token });
  }

  async me() {
    return this.#send('GET', '/me');
  }

  async refresh() {
    return this.#send('POST', '/refresh');
  }

  async signOut() {
    await this.#send('DELETE', '/logout');
    this.dek = null;
  }

  encrypt(text) {
    const nonce = randomBytes(NONCE_BYTES);
    return Buffer.concat([nonce, xchacha20poly1305(this.dek, nonce).encrypt(Buffer.from(text))]);
  }

  decrypt(bytes) {
    const [nonce, sealed] = [bytes.subarray(0, NONCE_BYTES), bytes.subarray(NONCE_BYTES)];
    return Buffer.from(xchacha20poly1305(this.dek, nonce).decrypt(sealed)).toString();
  }

  async #send(method, path, body) {
    const cookie = [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const answer = await fetch(`${this.baseUrl}/api/auth${path}`, {
      method,
      headers: { ...(cookie && { cookie }), ...(body && { 'content-type': 'application/json' }) },
      ...(body && { body: JSON.stringify(body) }),
    });
    for (const line of answer.headers.getSetCookie()) this.#keep(line);
    const { data, error } = await answer.json();
    if (error) throw new VaultError(answer.status, error);
    return data;
  }

  #keep(line) {
    const [, name, value] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
    if (value === '') this.#cookies.delete(name);
    else this.#cookies.set(name, value);
  }
}

function toBase64(bytes) {
  return Buffer.from(bytes).toString('base64');
}

function fromBase64(text) {
  return new Uint8Array(Buffer.from(text, 'base64'));
}
