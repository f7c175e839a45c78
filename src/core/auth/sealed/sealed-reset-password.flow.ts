import { Injectable } from '@nestjs/common';
import { Database } from '../../../database/database.service';
import { AppError } from '../../../kernel/errors/app-error';
import type { Caller } from '../../../kernel/principal';
import { Tickets } from '../../ticket/tickets.service';
import { NewPassword } from '../new-password.service';
import { ResetPassword } from '../reset-password.flow';
import { NewSealedPassword } from './new-sealed-password.service';
import { UNTOLD_FIELD, type SealedSecret } from './sealed-secret';

export interface SealedResetPasswordCommand {
  readonly oneTimeToken: string;
  readonly sealed: SealedSecret;
  readonly caller: Caller;
}

/** Sets a password that came encrypted, by a one-time token that a mailed code was exchanged for. */
@Injectable()
export class SealedResetPassword {
  constructor(
    private readonly database: Database,
    private readonly tickets: Tickets,
    private readonly passwords: NewSealedPassword,
    private readonly newPassword: NewPassword,
    private readonly resetPassword: ResetPassword,
  ) {}

  /**
   * Returns the device token of the client that spent the token. Nothing is decrypted before the token was found good.
   *
   * @throws AppError `invalid-ticket`, `invalid-encrypted-password`, `too-many-requests`, `busy`
   */
  async execute({ oneTimeToken, sealed, caller }: SealedResetPasswordCommand): Promise<{ deviceToken: string }> {
    const seen = await this.tickets.peek(this.database.pool, 'reset-by-code', oneTimeToken);
    if (!seen) throw new AppError('invalid-ticket');
    return this.passwords.use({
      sealed,
      caller,
      check: (password) => {
        this.newPassword.check(password, UNTOLD_FIELD, { email: seen.subject });
      },
      set: (newPassword) =>
        this.resetPassword.execute({
          ticket: oneTimeToken,
          isByCode: true,
          newPassword,
          field: UNTOLD_FIELD,
          forgetDevices: false,
          caller,
        }),
    });
  }
}
