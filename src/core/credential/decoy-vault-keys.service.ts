import { Injectable } from '@nestjs/common';
import { hmacSha256 } from '../../platform/crypto/digest';
import { ServiceKeys } from '../../platform/keys/service-keys.service';
import type { VaultKeys } from './vault-keyring.repository';

/** What docs/contracts/vault.md recommends to clients: decoys look like what most of them send. */
const RECOMMENDED_ARGON2 = '{"algorithm":"argon2id","version":19,"memory":65536,"iterations":3,"parallelism":4}';

const SALT_BYTES = 16;
const NONCE_BYTES = 24;
/** A key of 32 bytes and the tag of XChaCha20-Poly1305. */
const ENCRYPTED_KEY_BYTES = 48;

/** Keys of vaults that nobody has: made of a secret and the address, the same for ever. */
@Injectable()
export class DecoyVaultKeys {
  constructor(private readonly keys: ServiceKeys) {}

  /** @param address in canonical form */
  for(address: string): VaultKeys {
    return {
      encryptedDek: this.bytes(address, 'encrypted dek', ENCRYPTED_KEY_BYTES),
      salt: this.bytes(address, 'salt', SALT_BYTES),
      nonce: this.bytes(address, 'nonce', NONCE_BYTES),
      argon2Params: RECOMMENDED_ARGON2,
    };
  }

  private bytes(address: string, name: string, length: number): string {
    const blocks = [0, 1].map((block) =>
      hmacSha256(this.keys.key('prelogin'), `${name}\0${String(block)}\0${address}`),
    );
    return Buffer.concat(blocks).subarray(0, length).toString('base64');
  }
}
