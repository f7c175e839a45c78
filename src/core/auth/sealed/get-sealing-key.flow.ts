import { Injectable } from '@nestjs/common';
import { SealingKeys } from '../../credential/sealing/sealing-keys.service';

export interface PublicSealingKey {
  readonly id: number;
  /** PKCS #1 `RSAPublicKey`, DER (RFC 8017 §A.1.1). */
  readonly publicDer: Buffer;
}

/** The key to encrypt a password under. It lives two minutes; everybody who asks within seconds gets the same one. */
@Injectable()
export class GetSealingKey {
  constructor(private readonly keys: SealingKeys) {}

  execute(): Promise<PublicSealingKey> {
    return this.keys.current();
  }
}
