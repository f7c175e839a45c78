import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Settings } from '../../config/settings';
import { Database, type Tx } from '../../database/database.service';
import { canonicalIdentifier, normalizeEmail } from '../../kernel/canonical';
import type { Caller } from '../../kernel/principal';
import { Audit } from '../audit/audit.service';
import { Users } from '../user/users.repository';

export const ADMIN = 'admin';

/**
 * Who is an admin: whoever has proved an address of `ADMIN_EMAILS` by a mailed link. An unproved address gives no
 * authority, and neither does one that was taken off the list.
 */
@Injectable()
export class AdminRole implements OnModuleInit {
  private readonly addresses: readonly string[];

  constructor(
    settings: Settings,
    private readonly database: Database,
    private readonly users: Users,
    private readonly audit: Audit,
  ) {
    this.addresses = settings.adminEmails.map((address) => canonicalIdentifier(normalizeEmail(address)));
  }

  /** Takes the role from accounts whose address is no longer listed. */
  async onModuleInit(): Promise<void> {
    await this.users.removeRole(this.database.pool, ADMIN, this.addresses);
  }

  /** To be called in the transaction that proves an address: gives the role, or takes it with the former address. */
  async settle(tx: Tx, userId: string, provedAddress: string): Promise<void> {
    const isAdmin = this.addresses.includes(canonicalIdentifier(provedAddress));
    await this.users.setRole(tx, userId, ADMIN, isAdmin);
  }

  /** For an account whose password was set by less than a mailed link: until the next one. */
  async suspend(tx: Tx, userId: string, caller: Caller): Promise<void> {
    const wasAdmin = await this.users.setRole(tx, userId, ADMIN, false);
    if (wasAdmin) await this.audit.record(tx, { event: 'admin-suspended', userId, caller });
  }

  /** For an account that has lost its address. */
  async withdraw(tx: Tx, userId: string): Promise<void> {
    await this.users.setRole(tx, userId, ADMIN, false);
  }
}
