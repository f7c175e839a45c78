import { Injectable } from '@nestjs/common';
import { Database } from '../../database/database.service';
import { normalizeEmail } from '../../kernel/canonical';
import { Outbox } from '../mail/outbox.service';

export interface RequestActivationCommand {
  readonly email: string;
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
    private readonly outbox: Outbox,
  ) {}

  async execute(command: RequestActivationCommand): Promise<void> {
    const recipient = normalizeEmail(command.email);
    await this.database.transaction((tx) =>
      this.outbox.enqueue(tx, { kind: 'activation-request', recipient, urgency: 'asked' }),
    );
  }
}
