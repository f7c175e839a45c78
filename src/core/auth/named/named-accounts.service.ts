import { Injectable } from '@nestjs/common';
import type { Tx } from '../../../database/database.service';
import { Clock } from '../../../kernel/clock';
import { newId } from '../../../kernel/ids';
import type { Caller } from '../../../kernel/principal';
import { Audit } from '../../audit/audit.service';
import { Credentials } from '../../credential/credential.repository';
import type { PasswordHash } from '../../credential/passwords.service';
import { Totp } from '../../mfa/totp.service';
import type { UserEntity } from '../../user/user.entity';
import { NewAccounts } from '../new-accounts.service';

export interface NewNamedAccount {
  readonly username: string;
  readonly password: PasswordHash;
  readonly withSecondFactor: boolean;
  readonly caller: Caller;
}

/** Writes accounts that have a username and no address. */
@Injectable()
export class NamedAccounts {
  constructor(
    private readonly clock: Clock,
    private readonly accounts: NewAccounts,
    private readonly credentials: Credentials,
    private readonly totp: Totp,
    private readonly audit: Audit,
  ) {}

  /**
   * The second factor is there with the account: there is no moment in which the password alone would do.
   *
   * @throws AppError `username-taken`
   */
  async create(
    tx: Tx,
    { username, password, withSecondFactor, caller }: NewNamedAccount,
  ): Promise<{ user: UserEntity; totpSecret: Buffer | null }> {
    const now = this.clock.now();
    const user = await this.accounts.create(tx, { id: newId(), email: null, username, emailVerifiedAt: null, now });
    await this.credentials.set(tx, user.id, 'password', password, now);
    const totpSecret = withSecondFactor ? await this.totp.establish(tx, user.id) : null;
    await this.audit.record(tx, { event: 'registered', userId: user.id, caller, facts: { withSecondFactor } });
    return { user, totpSecret };
  }
}
