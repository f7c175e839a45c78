import { Injectable } from '@nestjs/common';
import { Database } from '../../database/database.service';
import { canonicalIdentifier, normalizeEmail } from '../../kernel/canonical';
import type { Caller } from '../../kernel/principal';
import { Outbox } from '../mail/outbox.service';
import { Users } from '../user/users.repository';
import { DeviceGrants } from './device-grants.service';

export interface RequestUnlockCommand {
  readonly email: string;
  readonly caller: Caller;
}

/** Asks for a fresh unlock link. The same work for every address; whether there is a lock is looked at as it is mailed. */
@Injectable()
export class RequestUnlock {
  constructor(
    private readonly database: Database,
    private readonly users: Users,
    private readonly devices: DeviceGrants,
    private readonly outbox: Outbox,
  ) {}

  async execute({ email, caller }: RequestUnlockCommand): Promise<void> {
    const recipient = normalizeEmail(email);
    await this.database.transaction(async (tx) => {
      const userId = await this.users.findIdByEmail(tx, canonicalIdentifier(recipient));
      // a stranger who asks all day must not use up the mails of somebody whose browser we know
      const isVouched = await this.devices.isVouched(tx, userId, caller);
      await this.outbox.enqueue(tx, { kind: 'unlock-request', recipient, urgency: 'asked', isVouched });
    });
  }
}
