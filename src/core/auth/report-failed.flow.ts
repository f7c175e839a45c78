import { Injectable } from '@nestjs/common';
import { Database } from '../../database/database.service';
import { canonicalIdentifier, normalizeEmail } from '../../kernel/canonical';
import { isRefusal } from '../../kernel/errors/app-error';
import type { Caller } from '../../kernel/principal';
import { Buckets } from '../lockout/buckets.service';
import { Users } from '../user/users.repository';
import { DeviceGrants } from './device-grants.service';
import { GuessLimits } from './guess-limits.service';

export interface ReportFailedCommand {
  readonly email: string;
  readonly caller: Caller;
}

/**
 * Counts a guess that the client itself found wrong, as one failed attempt of whoever the caller is. Nothing is hashed,
 * and the answer is the same whatever the bucket holds.
 */
@Injectable()
export class ReportFailed {
  constructor(
    private readonly database: Database,
    private readonly users: Users,
    private readonly devices: DeviceGrants,
    private readonly buckets: Buckets,
    private readonly limits: GuessLimits,
  ) {}

  /** @throws AppError `too-many-requests` when the caller's network is past its budget of failures */
  async execute({ email, caller }: ReportFailedCommand): Promise<void> {
    const identifier = canonicalIdentifier(normalizeEmail(email));
    const { pool } = this.database;
    const userId = await this.users.findIdByEmail(pool, identifier);
    const recognised = await this.devices.recognise(pool, userId, caller);
    const strangers = this.buckets.strangersAt(identifier, userId);
    try {
      const guess = await this.limits.allow({ userId, caller, recognised, strangers });
      await guess.fail(pool, 'attempt-reported', identifier);
    } catch (error) {
      // a locked bucket counts nothing more, and the answer must not say that it is
      if (!isRefusal(error, 'locked')) throw error;
    }
  }
}
