import { Injectable } from '@nestjs/common';
import { Database, type Tx } from '../../../database/database.service';
import { AppError } from '../../../kernel/errors/app-error';
import type { Caller, Principal } from '../../../kernel/principal';
import type { PasswordHash } from '../../credential/passwords.service';
import { Users } from '../../user/users.repository';
import { DeviceGrants } from '../device-grants.service';
import { LiveSession } from '../live-session.service';
import { PasswordReplacement } from '../password-replacement.service';
import { TemporaryPasswords } from './temporary-passwords.service';

export interface TemporaryChange {
  readonly userId: string;
  readonly temporaryPassword: string;
  readonly password: PasswordHash;
  readonly principal: Principal | null;
  readonly caller: Caller;
}

export interface RecoveredAccount {
  readonly endedSessionIds: string[];
  readonly deviceToken: string;
}

/** A change of password by a temporary one. As after a mailed reset, this browser and network are let in past a lock. */
@Injectable()
export class ChangeByTemporaryPassword {
  constructor(
    private readonly database: Database,
    private readonly users: Users,
    private readonly liveSession: LiveSession,
    private readonly temporary: TemporaryPasswords,
    private readonly replacement: PasswordReplacement,
    private readonly devices: DeviceGrants,
  ) {}

  /** @throws AppError `invalid-credentials` where another was quicker or the account may not be used, `session-ended` */
  make(change: TemporaryChange): Promise<RecoveredAccount> {
    return this.database.transaction((tx) => this.spend(tx, change));
  }

  private async spend(tx: Tx, change: TemporaryChange): Promise<RecoveredAccount> {
    const { userId, temporaryPassword, principal, password, caller } = change;
    // the account before its ticket, in this order everywhere
    const user = await (principal ? this.liveSession.lock(tx, principal) : this.users.lockById(tx, userId));
    if (!user || user.disabledAt || !(await this.temporary.spend(tx, temporaryPassword))) {
      throw new AppError('invalid-credentials');
    }
    const keepSessionId = principal?.sessionId ?? null;
    const replacement = { user, password, keepSessionId, caller };
    const endedSessionIds = await this.replacement.replace(tx, replacement, 'password-recovered');
    return { endedSessionIds, deviceToken: await this.devices.grantAfterLink(tx, user.id, caller) };
  }
}
