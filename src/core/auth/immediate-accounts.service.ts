import { Injectable } from '@nestjs/common';
import { savepoint, type Tx } from '../../database/database.service';
import { canonicalIdentifier } from '../../kernel/canonical';
import { newId } from '../../kernel/ids';
import type { Caller } from '../../kernel/principal';
import { Audit } from '../audit/audit.service';
import { Outbox } from '../mail/outbox.service';
import { Users } from '../user/users.repository';
import type { PendingRegistration } from './pending-registration';
import { RegistrationRecords } from './registration-records.service';
import { UnprovedAccounts } from './unproved-accounts.service';

class Undone extends Error {}

/** Accounts of contracts in which a registration signs in at once. */
@Injectable()
export class ImmediateAccounts {
  constructor(
    private readonly users: Users,
    private readonly accounts: UnprovedAccounts,
    private readonly records: RegistrationRecords,
    private readonly outbox: Outbox,
    private readonly audit: Audit,
  ) {}

  /**
   * Makes the account, unless another holds the address: then the same is done and undone. Call with the names of address
   * and username locked. Returns the account's id; null where none was made.
   *
   * @throws AppError `username-taken`
   */
  async open(
    tx: Tx,
    registration: PendingRegistration,
    { isLinkMailed, caller }: { readonly isLinkMailed: boolean; readonly caller: Caller },
  ): Promise<string | null> {
    const subject = canonicalIdentifier(registration.email);
    const isInUse = (await this.users.findIdByEmail(tx, subject)) !== null;
    const userId = isInUse ? await this.pretend(tx, registration) : await this.make(tx, registration);
    // a row in any case: whether a mail comes of it, and which, is decided as it is handed over
    await this.outbox.enqueue(tx, {
      kind: 'sign-up',
      recipient: registration.email,
      userId,
      facts: { isLinkMailed },
      urgency: 'asked',
    });
    await this.audit.record(tx, { event: 'registered', userId, identifier: subject, caller });
    return userId;
  }

  /** With `REQUIRE_VERIFIED_EMAIL`: nothing is made before the mailbox is proved, whatever the address is to us. */
  async postpone(tx: Tx, registration: PendingRegistration, caller: Caller): Promise<void> {
    await this.records.keepPending(tx, registration, caller, { isForAnyHolder: true });
    await this.records.noteAwaited(tx, registration, caller);
  }

  private make(tx: Tx, registration: PendingRegistration): Promise<string> {
    return savepoint(tx, () => this.accounts.create(tx, registration));
  }

  /** The same work under an address that is nobody's (RFC 2606 §2), and a taken username is told the same. */
  private async pretend(tx: Tx, registration: PendingRegistration): Promise<null> {
    try {
      return await savepoint(tx, async () => {
        await this.accounts.create(tx, { ...registration, email: `${newId()}@registration.invalid` });
        throw new Undone();
      });
    } catch (error) {
      if (error instanceof Undone) return null;
      throw error;
    }
  }
}
