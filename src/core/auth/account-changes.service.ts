import { Injectable } from '@nestjs/common';
import type { Tx } from '../../database/database.service';
import type { Caller } from '../../kernel/principal';
import { Audit } from '../audit/audit.service';
import type { UserEntity } from '../user/user.entity';
import { AccessClearance } from './access-clearance.service';
import { AccountSnapshots, type AccountSnapshot } from './account-snapshots.service';
import type { AccountChange } from './account-change';
import { ChangeNotices } from './change-notices.service';
import { DeviceGrants } from './device-grants.service';

export interface MadeChange {
  /** The account as it was read, locked, before the change. */
  readonly user: UserEntity;
  readonly before: AccountSnapshot;
  readonly change: AccountChange;
  /** The session that made the change goes on; null ends all. */
  readonly keepSessionId: string | null;
  /**
   * No session ends and no ticket is void, where whoever makes the change has shown less than signing in takes: he must
   * not be able to log the owner out, nor to take from him his ways back, as fast as he asks for them.
   */
  readonly endsNothing?: boolean;
  readonly forgetDevices?: boolean;
  readonly caller: Caller;
}

/** What goes with every change of a password, address or factor, whoever makes it. */
@Injectable()
export class AccountChanges {
  constructor(
    private readonly snapshots: AccountSnapshots,
    private readonly clearance: AccessClearance,
    private readonly notices: ChangeNotices,
    private readonly audit: Audit,
    private readonly devices: DeviceGrants,
  ) {}

  /** To be taken before the change, in its transaction. */
  before(tx: Tx, user: UserEntity): Promise<AccountSnapshot> {
    return this.snapshots.take(tx, user);
  }

  /**
   * Voids every open ticket, ends the other sessions, tells the owner how to undo it. Returns the ended sessions' ids,
   * for `Revocations.note` after the commit.
   */
  async after(tx: Tx, { user, before, change, caller, ...rest }: MadeChange): Promise<string[]> {
    const hasSignedOut = rest.endsNothing !== true;
    const ended = hasSignedOut ? await this.end(tx, user, rest) : [];
    if (change === 'factor-enabled' || change === 'factor-disabled') {
      await this.devices.noteFactorChange(tx, user.id, caller, change === 'factor-enabled');
    }
    await this.audit.record(tx, { event: change, userId: user.id, caller, facts: { sessionsEnded: ended.length } });
    await this.notices.tell(tx, user, { ...before, change }, { caller, hasSignedOut });
    return ended;
  }

  private end(
    tx: Tx,
    user: UserEntity,
    { keepSessionId, forgetDevices }: Pick<MadeChange, 'keepSessionId' | 'forgetDevices'>,
  ): Promise<string[]> {
    const kept = { devices: forgetDevices !== true, ...(keepSessionId === null ? {} : { sessionId: keepSessionId }) };
    return this.clearance.clear(tx, user, kept);
  }
}
