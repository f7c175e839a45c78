import { Injectable } from '@nestjs/common';
import { Database } from '../../database/database.service';
import { CredentialCheck, type ProvenCredential } from './credential-check.service';
import { GuardedCode } from './guarded-code.service';
import { MfaTickets } from './mfa-tickets.service';
import { SessionOpener, type SignedIn } from './session-opener.service';
import type { SignInCommand, SignInOutcome } from './sign-in-command';

/** A sign-in of an account with a second factor, once its secret was right. */
@Injectable()
export class SignInHalfway {
  constructor(
    private readonly database: Database,
    private readonly check: CredentialCheck,
    private readonly tickets: MfaTickets,
    private readonly codes: GuardedCode,
    private readonly opener: SessionOpener,
  ) {}

  /** @throws AppError `invalid-code`, `invalid-credentials`, `too-many-requests` */
  goOn(proven: ProvenCredential, command: SignInCommand): Promise<SignInOutcome> {
    command.onHalfway?.();
    return command.code === null ? this.ask(proven, command) : this.finish(proven, command, command.code);
  }

  private ask(proven: ProvenCredential, { lifetimes, remembered, caller }: SignInCommand): Promise<SignInOutcome> {
    return this.database.transaction(async (tx) => {
      const user = await this.check.demand(tx, proven);
      const { credential, version } = proven;
      const half = { userId: user.id, contract: caller.contract, lifetimes, credential, version, remembered };
      return { mfaTicket: await this.tickets.issue(tx, half) };
    });
  }

  private finish(proven: ProvenCredential, command: SignInCommand, code: string): Promise<SignedIn> {
    const { lifetimes, caller } = command;
    return this.codes.spend({
      userId: proven.user.id,
      code,
      caller,
      prepare: (tx) => this.check.demand(tx, proven),
      allowed: (tx, user, method) => this.opener.open(tx, { user, amr: ['pwd', method], lifetimes, caller }),
    });
  }
}
