import { Injectable } from '@nestjs/common';
import type { Tx } from '../../database/database.service';
import { Clock } from '../../kernel/clock';
import type { Caller } from '../../kernel/principal';
import type { CredentialKind } from '../credential/credential.entity';
import { Credentials } from '../credential/credential.repository';
import { PasswordPolicy, type PasswordContext } from '../credential/password-policy.service';
import { Passwords, type PasswordHash } from '../credential/passwords.service';

/** A password that is about to replace another: checked and hashed before the transaction, written inside it. */
@Injectable()
export class NewPassword {
  constructor(
    private readonly clock: Clock,
    private readonly policy: PasswordPolicy,
    private readonly passwords: Passwords,
    private readonly credentials: Credentials,
  ) {}

  /** @throws AppError `validation` naming `field` */
  check(password: string, field: string, context: PasswordContext = {}): void {
    this.policy.check(password, field, context);
  }

  /**
   * Hashes among the vouched: whoever gets here has shown a ticket or the old password.
   *
   * @throws AppError `validation` naming `field`, `busy`
   */
  async hash(password: string, field: string, caller: Caller, context: PasswordContext = {}): Promise<PasswordHash> {
    this.check(password, field, context);
    return this.passwords.hash(password, { class: 'vouched', network: caller.network });
  }

  async write(tx: Tx, userId: string, secret: PasswordHash, kind: CredentialKind = 'password'): Promise<void> {
    await this.credentials.set(tx, userId, kind, secret, this.clock.now());
  }
}
