import { Injectable } from '@nestjs/common';
import { Database } from '../../database/database.service';
import { canonicalIdentifier, normalizeEmail } from '../../kernel/canonical';
import type { Caller } from '../../kernel/principal';
import { Outbox } from '../mail/outbox.service';
import { Users } from '../user/users.repository';
import { DeviceGrants } from './device-grants.service';

export interface RequestActivationCommand {
  readonly email: string;
  readonly caller: Caller;
}

/**
 * Asks for another mail to an address that is not proved. What it holds is decided as it is handed over, so that the
 * request does the same for every address: a link to choose a password where a registration waits (never the
 * registration itself, which may be a stranger's), a verification link where an account holds the address unproved.
 */
@Injectable()
export class RequestActivation {
  constructor(
    private readonly database: Database,
    private readonly users: Users,
    private readonly devices: DeviceGrants,
    private readonly outbox: Outbox,
  ) {}

  async execute({ email, caller }: RequestActivationCommand): Promise<void> {
    const recipient = normalizeEmail(email);
    await this.database.transaction(async (tx) => {
      const user = await this.users.findByEmail(tx, canonicalIdentifier(recipient));
      // a stranger who asks all day must not use up the mails of somebody whose browser we know
      const isVouched = await this.devices.isVouched(tx, user?.id ?? null, caller);
      await this.outbox.enqueue(tx, { kind: 'activation-request', recipient, urgency: 'asked', isVouched });
    });
  }
}
