import { Injectable } from '@nestjs/common';
import { Database } from '../../database/database.service';
import { AppError } from '../../kernel/errors/app-error';
import type { Caller, Principal } from '../../kernel/principal';
import { Audit } from '../audit/audit.service';
import { LockLifting } from '../lockout/lock-lifting.service';
import { AdminAccess } from './admin-access.service';
import { LiveSession } from './live-session.service';

export interface LiftLockCommand {
  readonly principal: Principal;
  readonly id: string;
  readonly caller: Caller;
}

/** Ends one lock before its time, by an admin. The bucket is as new. */
@Injectable()
export class LiftLock {
  constructor(
    private readonly database: Database,
    private readonly access: AdminAccess,
    private readonly liveSession: LiveSession,
    private readonly lifting: LockLifting,
    private readonly audit: Audit,
  ) {}

  /** @throws AppError `forbidden`, `session-ended`; `not-found` for a lock that is none, or no longer */
  async execute({ principal, id, caller }: LiftLockCommand): Promise<void> {
    await this.database.transaction(async (tx) => {
      this.access.demand(await this.liveSession.lock(tx, principal), principal);
      const lifted = await this.lifting.liftOne(tx, id);
      if (!lifted) throw new AppError('not-found');
      const facts = { by: principal.userId, factor: lifted.factor };
      await this.audit.record(tx, { event: 'lock-lifted', userId: lifted.userId, caller, facts });
    });
  }
}
