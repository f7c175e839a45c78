import { Injectable } from '@nestjs/common';
import type { Tx } from '../../database/database.service';
import { Credentials } from '../credential/credential.repository';
import { FormerFactor } from '../mfa/former-factor.service';
import type { UserEntity } from '../user/user.entity';
import { Vaults, type Vault } from './vault/vaults.service';

/** An account just before a change: what an undo may put back, and what it is proved with. */
export interface AccountSnapshot {
  readonly email: string | null;
  readonly isEmailVerified: boolean;
  readonly passwordHash: string | null;
  /** Null where there was none; absent in a picture that an earlier version took. */
  readonly vault?: Vault | null;
  /** The second factor, named by the instant it was enabled at (ISO 8601); null where there was none. */
  readonly factorSince: string | null;
}

/** Takes the picture of an account that an undo ticket keeps. */
@Injectable()
export class AccountSnapshots {
  constructor(
    private readonly credentials: Credentials,
    private readonly vaults: Vaults,
    private readonly factor: FormerFactor,
  ) {}

  async take(tx: Tx, user: UserEntity): Promise<AccountSnapshot> {
    const factorSince = await this.factor.presentSince(tx, user.id);
    const password = await this.credentials.find(tx, user.id, 'password');
    return {
      email: user.email,
      isEmailVerified: user.emailVerifiedAt !== null,
      passwordHash: password?.hash ?? null,
      vault: await this.vaults.find(tx, user.id),
      factorSince: factorSince?.toISOString() ?? null,
    };
  }
}
