import { Injectable } from '@nestjs/common';
import { Database } from '../../database/database.service';
import { canonicalIdentifier, normalizeEmail } from '../../kernel/canonical';
import type { Caller } from '../../kernel/principal';
import { Outbox } from '../mail/outbox.service';
import { Users } from '../user/users.repository';
import { DeviceGrants } from './device-grants.service';

export interface RequestPasswordResetCommand {
  readonly email: string;
  /** Where it is given, address and username must belong to one account. */
  readonly username?: string;
  /** The mailed link opens the page that the settings name (`RESET_PASSWORD_URL`), not the service's own. */
  readonly isForClientPage?: boolean;
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

  async execute(command: RequestPasswordResetCommand): Promise<void> {
    const { username, isForClientPage = false, caller } = command;
    const recipient = normalizeEmail(command.email);
    // what does not fit together is dropped as the mail is handed over, like what has no one
    const facts = { isForClientPage, username: username === undefined ? null : canonicalIdentifier(username) };
    await this.database.transaction(async (tx) => {
      const user = await this.users.findByEmail(tx, canonicalIdentifier(recipient));
      // a stranger who asks all day must not use up the mails of somebody whose browser we know
      const isVouched = await this.devices.isVouched(tx, user?.id ?? null, caller);
      // what names a username may come to nothing: it must not use up the mails of who asks by the address alone
      const kind = username === undefined ? 'password-reset' : 'named-password-reset';
      await this.outbox.enqueue(tx, { kind, recipient, facts, urgency: 'asked', isVouched });
    });
  }
}
