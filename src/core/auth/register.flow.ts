import { Injectable } from '@nestjs/common';
import { Settings } from '../../config/settings';
import { Database } from '../../database/database.service';
import { RegistrationIntake, type AskedRegistration } from './registration-intake.service';
import { RegistrationRecords } from './registration-records.service';

/**
 * Asks for an account. Nothing exists until the mailbox is proved: the registration waits in its ticket, and whether the
 * address is in use already is only ever said to its owner, by mail. Known and unknown addresses take the same steps.
 */
@Injectable()
export class Register {
  constructor(
    private readonly database: Database,
    private readonly settings: Settings,
    private readonly intake: RegistrationIntake,
    private readonly records: RegistrationRecords,
  ) {}

  /** @throws AppError `validation`, `username-taken`, `busy`; `email-taken` only where nothing is proved (`AUTO_ACTIVATE`) */
  async execute(command: AskedRegistration): Promise<void> {
    const registration = await this.intake.take(command);
    await this.database.transaction((tx) =>
      this.settings.autoActivate
        ? this.records.createUnproved(tx, registration, command.caller)
        : this.records.keepPending(tx, registration, command.caller),
    );
  }
}
