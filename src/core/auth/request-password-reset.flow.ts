import { Injectable } from '@nestjs/common';
import { Database } from '../../database/database.service';
import { normalizeEmail } from '../../kernel/canonical';
import { Outbox } from '../mail/outbox.service';

export interface RequestPasswordResetCommand {
  readonly email: string;
}

/** Asks for a link to choose a password. The same work for every address; only its owner learns what came of it. */
@Injectable()
export class RequestPasswordReset {
  constructor(
    private readonly database: Database,
    private readonly outbox: Outbox,
  ) {}

  async execute(command: RequestPasswordResetCommand): Promise<void> {
    const recipient = normalizeEmail(command.email);
    await this.database.transaction((tx) =>
      this.outbox.enqueue(tx, { kind: 'password-reset', recipient, urgency: 'asked' }),
    );
  }
}
