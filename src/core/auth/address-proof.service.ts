import { Injectable } from '@nestjs/common';
import type { Tx } from '../../database/database.service';
import { canonicalIdentifier } from '../../kernel/canonical';
import { Clock } from '../../kernel/clock';
import { AppError } from '../../kernel/errors/app-error';
import { newId } from '../../kernel/ids';
import type { Caller } from '../../kernel/principal';
import { Audit } from '../audit/audit.service';
import { Credentials } from '../credential/credential.repository';
import type { PasswordHash } from '../credential/passwords.service';
import { Tickets } from '../ticket/tickets.service';
import type { UserEntity } from '../user/user.entity';
import { Users } from '../user/users.repository';
import { AccountTakeover } from './account-takeover.service';

export interface ProvedRegistration {
  readonly email: string;
  /** Wanted; the account goes without when it is taken. */
  readonly username: string | null;
  readonly password: PasswordHash;
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
    private readonly clock: Clock,
    private readonly users: Users,
    private readonly credentials: Credentials,
    private readonly takeover: AccountTakeover,
    private readonly tickets: Tickets,
    private readonly audit: Audit,
  ) {}

  /**
   * Creates the account, or takes over the one that holds the address unproved: every older password, verifier, device
   * and session of it is void, and so is every ticket about the address.
   *
   * @throws AppError `email-taken` when a proved account holds the address
   */
  async establish(tx: Tx, registration: ProvedRegistration, caller: Caller): Promise<Proof> {
    const subject = canonicalIdentifier(registration.email);
    const holder = await this.users.lockByEmail(tx, subject);
    if (holder?.emailVerifiedAt) throw new AppError('email-taken');
    const endedSessionIds = holder ? await this.takeover.takeOver(tx, holder, registration.username) : [];
    const user = holder ?? (await this.create(tx, registration));
    await this.credentials.set(tx, user.id, 'password', registration.password, this.clock.now());
    if (registration.profile) await this.users.setProfileData(tx, user.id, registration.profile);
    await this.tickets.voidBySubject(tx, subject);
    await this.audit.record(tx, { event: holder ? 'account-taken-over' : 'activated', userId: user.id, caller });
    return { userId: user.id, endedSessionIds };
  }

  private async create(tx: Tx, registration: ProvedRegistration): Promise<UserEntity> {
    const now = this.clock.now();
    const account = { id: newId(), email: registration.email, emailVerifiedAt: now, now };
    try {
      return await this.users.create(tx, { ...account, username: registration.username });
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'username-taken') throw error;
      return this.users.create(tx, { ...account, username: null });
    }
  }
}
