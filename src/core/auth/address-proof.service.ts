import { Injectable } from '@nestjs/common';
import type { Tx } from '../../database/database.service';
import { canonicalIdentifier } from '../../kernel/canonical';
import { AppError } from '../../kernel/errors/app-error';
import type { Caller } from '../../kernel/principal';
import { Audit } from '../audit/audit.service';
import type { CredentialKind } from '../credential/credential.entity';
import type { PasswordHash } from '../credential/passwords.service';
import { Tickets } from '../ticket/tickets.service';
import { Users } from '../user/users.repository';
import { AdminRole } from './admin-role.service';
import { NewPassword } from './new-password.service';
import { ProvedAccounts } from './proved-accounts.service';

export interface ProvedRegistration {
  readonly email: string;
  readonly username: string | null;
  /**
   * `username` names none: the account that holds the address unproved keeps its own, and one without gets that of the
   * newest registration that waits. Else `username` replaces it.
   */
  readonly keepsUsername?: boolean;
  /** Else the account goes without the username when it is taken. */
  readonly isUsernameNeeded?: boolean;
  /** As an enrolment has it: who proved earlier gets the name. */
  readonly provedRank?: number;
  /** Of the password, or of what `credential` says. */
  readonly secret: PasswordHash;
  readonly credential?: CredentialKind;
  /** By six mailed digits: enough for an account, too little for authority over all of them. */
  readonly isProvedByCode?: boolean;
  readonly profile?: Readonly<Record<string, unknown>>;
}

export interface Proof {
  readonly userId: string;
  /** Sessions that a former holder of the unproved address had. */
  readonly endedSessionIds: string[];
}

/**
 * Makes the account of an address that has just been proved. Call with the address's name locked
 * (`lockName(tx, 'address', …)`), so that two proofs of one address follow each other.
 */
@Injectable()
export class AddressProof {
  constructor(
    private readonly users: Users,
    private readonly accounts: ProvedAccounts,
    private readonly newPassword: NewPassword,
    private readonly tickets: Tickets,
    private readonly adminRole: AdminRole,
    private readonly audit: Audit,
  ) {}

  /**
   * Creates the account, or takes over the one that holds the address unproved: every older password, verifier, device
   * and session of it is void, and so is every ticket about the address.
   *
   * @throws AppError `email-taken` when a proved account holds the address; `username-taken` where it is needed
   */
  async establish(tx: Tx, registration: ProvedRegistration, caller: Caller): Promise<Proof> {
    const subject = canonicalIdentifier(registration.email);
    const holder = await this.users.lockByEmail(tx, subject);
    if (holder?.emailVerifiedAt) throw new AppError('email-taken');
    const username = await this.usernameFor(tx, subject, registration);
    const named = { ...registration, username };
    const endedSessionIds = holder ? await this.accounts.takeOver(tx, holder, named) : [];
    const user = holder ?? (await this.accounts.create(tx, named));
    await this.newPassword.write(tx, user.id, registration.secret, registration.credential);
    if (registration.isProvedByCode !== true) await this.adminRole.settle(tx, user.id, registration.email);
    if (registration.profile) await this.users.setProfileData(tx, user.id, registration.profile);
    await this.tickets.voidBySubject(tx, subject);
    await this.audit.record(tx, { event: holder ? 'account-taken-over' : 'activated', userId: user.id, caller });
    return { userId: user.id, endedSessionIds };
  }

  private async usernameFor(tx: Tx, subject: string, registration: ProvedRegistration): Promise<string | null> {
    const { username, keepsUsername } = registration;
    return keepsUsername === true ? this.tickets.awaitedUsername(tx, subject) : username;
  }
}
