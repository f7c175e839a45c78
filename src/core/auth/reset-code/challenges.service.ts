import { Injectable } from '@nestjs/common';
import { constantTimeEqual } from '../../../platform/crypto/constant-time';
import { hmacSha256 } from '../../../platform/crypto/digest';
import { ServiceKeys } from '../../../platform/keys/service-keys.service';

const ID_BYTES = 16;
const MAC_BYTES = 32;
const FORM = /^[\w-]{64}$/;

/**
 * What names a request for a code to whoever made it, between its steps: the request's id under a key, so that none can be
 * made up. It is good for nothing without the code.
 */
@Injectable()
export class Challenges {
  constructor(private readonly keys: ServiceKeys) {}

  /** @param id a uuid */
  mint(id: string): string {
    const bytes = Buffer.from(id.replaceAll('-', ''), 'hex');
    return Buffer.concat([bytes, this.mac(bytes)]).toString('base64url');
  }

  /** The id in a challenge of ours; null for anything else. */
  read(challenge: string): string | null {
    if (!FORM.test(challenge)) return null;
    const bytes = Buffer.from(challenge, 'base64url');
    const id = bytes.subarray(0, ID_BYTES);
    if (!constantTimeEqual(bytes.subarray(ID_BYTES, ID_BYTES + MAC_BYTES), this.mac(id))) return null;
    return id.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
  }

  private mac(id: Buffer): Buffer {
    return hmacSha256(this.keys.key('code'), Buffer.concat([Buffer.from('challenge/'), id]));
  }
}
