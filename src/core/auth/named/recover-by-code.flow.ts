import { Injectable } from '@nestjs/common';
import { Database, type Tx } from '../../../database/database.service';
import { canonicalIdentifier } from '../../../kernel/canonical';
import { NOBODY } from '../../../kernel/ids';
import type { Caller } from '../../../kernel/principal';
import { Audit } from '../../audit/audit.service';
import { Users } from '../../user/users.repository';
import { GuardedRecovery } from './guarded-recovery.service';
import { TemporaryPasswords } from './temporary-passwords.service';

export interface RecoverByCodeCommand {
  readonly username: string;
  readonly code: string;
  readonly caller: Caller;
}

export interface Recovered {
  /** Null where it was mailed. */
  readonly temporaryPassword: string | null;
}

/** Gives a temporary password for a TOTP code. The present password goes on until that one has been used. */
@Injectable()
export class RecoverByCode {
  constructor(
    private readonly database: Database,
    private readonly users: Users,
    private readonly recovery: GuardedRecovery,
    private readonly temporary: TemporaryPasswords,
    private readonly audit: Audit,
  ) {}

  /** @throws AppError `invalid-code`, `locked`, `too-many-requests` */
  async execute({ username, code, caller }: RecoverByCodeCommand): Promise<Recovered> {
    const identifier = canonicalIdentifier(username);
    const userId = await this.users.findIdByUsername(this.database.pool, identifier);
    const temporaryPassword = await this.recovery.spend({
      userId,
      identifier,
      code,
      caller,
      hold: (tx) => this.users.lockUsable(tx, userId ?? NOBODY),
      allowed: (tx, holderId) => this.give(tx, holderId, caller),
    });
    return { temporaryPassword };
  }

  private async give(tx: Tx, userId: string, caller: Caller): Promise<string | null> {
    const user = await this.users.lockById(tx, userId);
    if (!user) throw new Error('an account that is locked is gone');
    const temporaryPassword = await this.temporary.give(tx, user);
    const facts = { isMailed: temporaryPassword === null };
    await this.audit.record(tx, { event: 'temporary-password-given', userId, caller, facts });
    return temporaryPassword;
  }
}
