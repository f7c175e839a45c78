import { Injectable } from '@nestjs/common';
import { Database } from '../../database/database.service';
import { canonicalIdentifier, normalizeEmail } from '../../kernel/canonical';
import type { Caller } from '../../kernel/principal';
import { Outbox } from '../mail/outbox.service';
import { Users } from '../user/users.repository';
import { DeviceGrants } from './device-grants.service';

export interface RequestPasswordResetCommand {
  readonly email: string;
  readonly caller: Caller;
}

/** Asks for a link to choose a password. The same work for every address; only its owner learns what came of it. */
@Injectable()
export class RequestPasswordReset {
  constructor(
    private readonly database: Database,
    private readonly users: Users,
    private readonly devices: DeviceGrants,
    private readonly outbox: Outbox,
  ) {}

  async execute({ email, caller }: RequestPasswordResetCommand): Promise<void> {
    const recipient = normalizeEmail(email);
    await this.database.transaction(async (tx) => {
      const user = await this.users.findByEmail(tx, canonicalIdentifier(recipient));
      // a stranger who asks all day must not use up the mails of somebody whose browser we know
      const isVouched = await this.devices.isVouched(tx, user?.id ?? null, caller);
      await this.outbox.enqueue(tx, { kind: 'password-reset', recipient, urgency: 'asked', isVouched });
    });
  }
}
