import { Injectable } from '@nestjs/common';
import { Settings } from '../../config/settings';
import { Database } from '../../database/database.service';
import { canonicalIdentifier, normalizeEmail } from '../../kernel/canonical';
import { AppError } from '../../kernel/errors/app-error';
import type { Caller } from '../../kernel/principal';
import { PasswordPolicy } from '../credential/password-policy.service';
import { Passwords } from '../credential/passwords.service';
import { Users } from '../user/users.repository';
import { RegistrationRecords } from './registration-records.service';

export interface RegisterCommand {
  readonly email: string;
  readonly password: string;
  readonly username: string | null;
  /** Kept with the account as it is; grants nothing. */
  readonly profile?: Readonly<Record<string, unknown>>;
  readonly caller: Caller;
}

/**
 * Asks for an account. Nothing exists until the mailbox is proved: the registration waits in its ticket, and whether the
 * address is in use already is only ever said to its owner, by mail. Known and unknown addresses take the same steps.
 */
@Injectable()
export class Register {
  constructor(
    private readonly database: Database,
    private readonly settings: Settings,
    private readonly policy: PasswordPolicy,
    private readonly passwords: Passwords,
    private readonly users: Users,
    private readonly records: RegistrationRecords,
  ) {}

  /** @throws AppError `validation`, `username-taken`, `busy`; `email-taken` only where nothing is proved (`AUTO_ACTIVATE`) */
  async execute(command: RegisterCommand): Promise<void> {
    const email = normalizeEmail(command.email);
    this.policy.check(command.password, 'password', { email, username: command.username });
    await this.refuseTakenUsername(command.username);
    const password = await this.passwords.hash(command.password, {
      class: 'ordinary',
      network: command.caller.network,
    });
    const { username, profile = {} } = command;
    const registration = { email, username, password, profile };
    await this.database.transaction((tx) =>
      this.settings.autoActivate
        ? this.records.createUnproved(tx, registration, command.caller)
        : this.records.keepPending(tx, registration, command.caller),
    );
  }

  private async refuseTakenUsername(username: string | null): Promise<void> {
    if (username === null) return;
    const holder = await this.users.findByUsername(this.database.pool, canonicalIdentifier(username));
    if (holder) throw new AppError('username-taken');
  }
}
