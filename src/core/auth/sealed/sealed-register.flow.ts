import { Injectable } from '@nestjs/common';
import { Settings } from '../../../config/settings';
import { Database, type Tx } from '../../../database/database.service';
import { normalizeEmail } from '../../../kernel/canonical';
import { AppError } from '../../../kernel/errors/app-error';
import type { Caller } from '../../../kernel/principal';
import { ImmediateNames, type WantedNames } from '../immediate-names.service';
import { RegistrationIntake } from '../registration-intake.service';
import type { SessionLifetimes, SignedIn } from '../session-opener.service';
import { NewSealedPassword } from './new-sealed-password.service';
import { SealedRegistrations } from './sealed-registrations.service';
import { UNTOLD_FIELD, type SealedSecret } from './sealed-secret';

export interface SealedRegisterCommand extends WantedNames {
  readonly sealed: SealedSecret;
  readonly lifetimes: SessionLifetimes;
  readonly caller: Caller;
}

/**
 * Registers with a password that came encrypted, and signs in at once, the address unproved. With `REQUIRE_VERIFIED_EMAIL`
 * nobody is signed in before the mailbox is proved: the registration waits there, and no address is told in use.
 */
@Injectable()
export class SealedRegister {
  constructor(
    private readonly database: Database,
    private readonly settings: Settings,
    private readonly names: ImmediateNames,
    private readonly passwords: NewSealedPassword,
    private readonly intake: RegistrationIntake,
    private readonly registrations: SealedRegistrations,
  ) {}

  /**
   * @throws AppError `username-taken`, `email-taken`, `invalid-encrypted-password`, `too-many-requests`, `busy`;
   *   `not-activated` once a registration waits for its mailbox
   */
  async execute(command: SealedRegisterCommand): Promise<SignedIn> {
    const { sealed, lifetimes, caller, username } = command;
    const names = { email: normalizeEmail(command.email), username };
    // for as long as this takes: nothing is decrypted for names that are gone
    await this.database.transaction((tx) => this.claim(tx, names));
    const signedIn = await this.passwords.use({
      sealed,
      caller,
      check: (password) => {
        this.intake.check({ ...names, password, field: UNTOLD_FIELD });
      },
      set: async (password) => {
        const registration = await this.intake.take({ ...names, password, field: UNTOLD_FIELD, caller });
        return this.database.transaction(async (tx) => {
          await this.claim(tx, names);
          if (!this.settings.requireVerifiedEmail) {
            return this.registrations.signIn(tx, registration, { lifetimes, caller });
          }
          await this.registrations.keep(tx, registration, caller);
          return null;
        });
      },
    });
    if (!signedIn) throw new AppError('not-activated');
    return signedIn;
  }

  private async claim(tx: Tx, names: WantedNames): Promise<void> {
    await this.names.lock(tx, names);
    await this.names.refuseTaken(tx, names, !this.settings.requireVerifiedEmail);
  }
}
