import { Injectable } from '@nestjs/common';
import { Settings } from '../../config/settings';
import { Database, lockName, type Tx } from '../../database/database.service';
import { canonicalIdentifier } from '../../kernel/canonical';
import type { Caller } from '../../kernel/principal';
import { AccountUsernames } from './account-usernames.service';
import { ImmediateAccounts } from './immediate-accounts.service';
import type { PendingRegistration } from './pending-registration';
import { RegistrationIntake, type AskedRegistration } from './registration-intake.service';
import { RegistrationRecords } from './registration-records.service';

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
    private readonly usernames: AccountUsernames,
    private readonly accounts: ImmediateAccounts,
    private readonly records: RegistrationRecords,
  ) {}

  /** @throws AppError `validation`, `username-taken`, `busy` */
  async execute(command: RegisterAtOnceCommand): Promise<void> {
    const { username, isLinkMailed, caller } = command;
    const registration = await this.intake.take(command);
    await this.database.transaction(async (tx) => {
      await this.claimNames(tx, registration.email, username);
      if (this.settings.requireVerifiedEmail) return this.keepPending(tx, registration, caller);
      return this.accounts.open(tx, registration, { isLinkMailed, caller });
    });
  }

  /** Whose enrolment keeps the username is not told: not even its own address gets it here. */
  private async claimNames(tx: Tx, email: string, username: string): Promise<void> {
    await lockName(tx, 'address', canonicalIdentifier(email));
    await this.usernames.demand(tx, username, { provedAddress: null });
  }

  private async keepPending(tx: Tx, registration: PendingRegistration, caller: Caller): Promise<void> {
    await this.records.keepPending(tx, registration, caller, { isForAnyHolder: true });
    await this.records.noteAwaited(tx, registration, caller);
  }
}
