import { Injectable } from '@nestjs/common';
import { Database } from '../../database/database.service';
import { canonicalIdentifier, normalizeEmail } from '../../kernel/canonical';
import { AppError } from '../../kernel/errors/app-error';
import type { Caller } from '../../kernel/principal';
import { PasswordPolicy } from '../credential/password-policy.service';
import { Passwords } from '../credential/passwords.service';
import { Users } from '../user/users.repository';
import type { PendingRegistration } from './pending-registration';

export interface AskedRegistration {
  readonly email: string;
  readonly password: string;
  /** The request's own spelling of the password's field, for faults. */
  readonly field: string;
  readonly username: string | null;
  /** Kept with the account as it is; grants nothing. */
  readonly profile?: Readonly<Record<string, unknown>>;
  readonly caller: Caller;
}

/** What every registration goes through before anything is written, whatever the address is to us. */
@Injectable()
export class RegistrationIntake {
  constructor(
    private readonly database: Database,
    private readonly policy: PasswordPolicy,
    private readonly passwords: Passwords,
    private readonly users: Users,
  ) {}

  /**
   * Looks at the password alone, and asks nothing of the database. `take` does it, too.
   *
   * @throws AppError `validation`
   */
  check({ email, username, password, field }: Omit<AskedRegistration, 'profile' | 'caller'>): void {
    this.policy.check(password, field, { email: normalizeEmail(email), username });
  }

  /** @throws AppError `validation`, `username-taken`, `busy` */
  async take({ username, field, profile = {}, caller, ...asked }: AskedRegistration): Promise<PendingRegistration> {
    const email = normalizeEmail(asked.email);
    this.check({ ...asked, username, field });
    await this.refuseTakenUsername(username);
    const password = await this.passwords.hash(asked.password, { class: 'ordinary', network: caller.network });
    return { email, username, password, profile };
  }

  private async refuseTakenUsername(username: string | null): Promise<void> {
    if (username === null) return;
    const holder = await this.users.findByUsername(this.database.pool, canonicalIdentifier(username));
    if (holder) throw new AppError('username-taken');
  }
}
