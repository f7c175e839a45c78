import { Injectable } from '@nestjs/common';
import { Database } from '../../../database/database.service';
import { canonicalIdentifier, normalizeEmail } from '../../../kernel/canonical';
import type { Caller } from '../../../kernel/principal';
import { Outbox } from '../../mail/outbox.service';
import { ResetCodes } from '../../ticket/reset-codes.repository';
import { Users } from '../../user/users.repository';
import { RESET_CODE_WAIT_SECONDS } from '../auth-lifetimes';
import { DeviceGrants } from '../device-grants.service';
import { Challenges } from './challenges.service';

export interface RequestResetCodeCommand {
  readonly email: string;
  readonly caller: Caller;
}

/**
 * Asks for a code to set a password with. The same work and the same kind of challenge for every address; to one that
 * nobody has, no code will ever be drawn.
 */
@Injectable()
export class RequestResetCode {
  constructor(
    private readonly database: Database,
    private readonly users: Users,
    private readonly devices: DeviceGrants,
    private readonly resetCodes: ResetCodes,
    private readonly challenges: Challenges,
    private readonly outbox: Outbox,
  ) {}

  async execute({ email, caller }: RequestResetCodeCommand): Promise<{ challenge: string }> {
    const recipient = normalizeEmail(email);
    const id = await this.database.transaction(async (tx) => {
      const userId = await this.users.findIdByEmail(tx, canonicalIdentifier(recipient));
      // a stranger who asks all day must not use up the mails of somebody whose browser we know
      const isVouched = await this.devices.isVouched(tx, userId, caller);
      const ticketId = await this.resetCodes.issue(tx, { email: recipient, lifeSeconds: RESET_CODE_WAIT_SECONDS });
      await this.outbox.enqueue(tx, { kind: 'reset-code', recipient, ticketId, urgency: 'asked', isVouched });
      return ticketId;
    });
    return { challenge: this.challenges.mint(id) };
  }
}
