import { Injectable } from '@nestjs/common';
import { Settings } from '../../config/settings';
import { Database } from '../../database/database.service';
import { ImmediateAccounts } from './immediate-accounts.service';
import { ImmediateNames } from './immediate-names.service';
import { RegistrationIntake, type AskedRegistration } from './registration-intake.service';

export interface RegisterAtOnceCommand extends AskedRegistration {
  readonly username: string;
  /** Whether a link to verify the address is mailed. */
  readonly isLinkMailed: boolean;
}

/**
 * Registers in a contract that has no activation: the account signs in at once, its address unproved. An address that any
 * account holds gets the same answer and no account; its owner is told by mail. What the address is to us shows all the
 * same once the caller signs in, or not, so with `REQUIRE_VERIFIED_EMAIL` nothing is made before the mailbox is proved.
 */
@Injectable()
export class RegisterAtOnce {
  constructor(
    private readonly database: Database,
    private readonly settings: Settings,
    private readonly intake: RegistrationIntake,
    private readonly names: ImmediateNames,
    private readonly accounts: ImmediateAccounts,
  ) {}

  /** @throws AppError `validation`, `username-taken`, `busy` */
  async execute(command: RegisterAtOnceCommand): Promise<void> {
    const { username, isLinkMailed, caller } = command;
    const registration = await this.intake.take(command);
    await this.database.transaction(async (tx) => {
      await this.names.lock(tx, { email: registration.email, username });
      if (this.settings.requireVerifiedEmail) await this.accounts.postpone(tx, registration, caller);
      else await this.accounts.open(tx, registration, { isLinkMailed, caller });
    });
  }
}
