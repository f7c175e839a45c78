import { Injectable } from '@nestjs/common';
import { Database } from '../../../database/database.service';
import { canonicalIdentifier } from '../../../kernel/canonical';
import { AppError } from '../../../kernel/errors/app-error';
import type { Caller } from '../../../kernel/principal';
import { PasswordPolicy } from '../../credential/password-policy.service';
import { Passwords } from '../../credential/passwords.service';
import { otpauthUri, qrImage, TOTP_ISSUER } from '../../mfa/totp-secret';
import type { UserEntity } from '../../user/user.entity';
import { Users } from '../../user/users.repository';
import { NamedAccounts } from './named-accounts.service';

export interface RegisterNamedCommand {
  readonly username: string;
  readonly password: string;
  /** The request's own spelling of the password's field, for faults. */
  readonly field: string;
  readonly withSecondFactor: boolean;
  readonly caller: Caller;
}

export interface NamedAccount {
  readonly user: UserEntity;
  /** The key URI of its second factor as a QR code in a PNG data URI; null without one. Shown this once. */
  readonly totpImage: string | null;
}

/** Makes an account that is known by its username alone. Nothing has to be proved, so it is there at once. */
@Injectable()
export class RegisterNamed {
  constructor(
    private readonly database: Database,
    private readonly policy: PasswordPolicy,
    private readonly passwords: Passwords,
    private readonly users: Users,
    private readonly accounts: NamedAccounts,
  ) {}

  /** @throws AppError `validation`, `username-taken`, `busy` */
  async execute({ username, password, field, withSecondFactor, caller }: RegisterNamedCommand): Promise<NamedAccount> {
    this.policy.check(password, field, { username });
    // looked at before the hash is computed, too; of registrations at once the unique index decides
    const holder = await this.users.findIdByUsername(this.database.pool, canonicalIdentifier(username));
    if (holder !== null) throw new AppError('username-taken');
    const hash = await this.passwords.hash(password, { class: 'ordinary', network: caller.network });
    const { user, totpSecret } = await this.database.transaction((tx) =>
      this.accounts.create(tx, { username, password: hash, withSecondFactor, caller }),
    );
    const totpImage = totpSecret && qrImage(otpauthUri(TOTP_ISSUER, username, totpSecret));
    return { user, totpImage };
  }
}
