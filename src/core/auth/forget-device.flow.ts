import { Injectable } from '@nestjs/common';
import { Database, type Tx } from '../../database/database.service';
import { AppError } from '../../kernel/errors/app-error';
import { isUuid } from '../../kernel/ids';
import type { Caller, Principal } from '../../kernel/principal';
import { Audit } from '../audit/audit.service';
import { KnownCallers } from '../lockout/known-callers.service';
import { LiveSession } from './live-session.service';

export interface ForgetDeviceCommand {
  readonly principal: Principal;
  /** Of a device or of a network, as `ListDevices` shows it. */
  readonly id: string;
  readonly caller: Caller;
}

/**
 * Makes a device or network a stranger to one's own account. Sessions opened there go on. It takes a recent proof: who has
 * stolen a session must not take the owner's ways past a lock away.
 */
@Injectable()
export class ForgetDevice {
  constructor(
    private readonly database: Database,
    private readonly liveSession: LiveSession,
    private readonly callers: KnownCallers,
    private readonly audit: Audit,
  ) {}

  /** @throws AppError `not-found`, `reauthentication-required`, `session-ended` */
  execute({ principal, id, caller }: ForgetDeviceCommand): Promise<void> {
    return this.database.transaction(async (tx) => {
      await this.liveSession.lockRecent(tx, principal);
      if (!isUuid(id) || !(await this.forget(tx, principal.userId, id))) throw new AppError('not-found');
      await this.audit.record(tx, { event: 'device-forgotten', userId: principal.userId, caller });
    });
  }

  private async forget(tx: Tx, userId: string, id: string): Promise<boolean> {
    return (await this.callers.forgetDevice(tx, userId, id)) || (await this.callers.forgetNetworkById(tx, userId, id));
  }
}
