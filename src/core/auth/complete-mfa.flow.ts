import { Injectable } from '@nestjs/common';
import { Database, type Tx } from '../../database/database.service';
import { AppError } from '../../kernel/errors/app-error';
import type { Caller } from '../../kernel/principal';
import type { UserEntity } from '../user/user.entity';
import { AccountCredential } from './account-credential.service';
import { GuardedCode } from './guarded-code.service';
import { MfaTickets, type HalfSignedIn } from './mfa-tickets.service';
import { SessionOpener, type SignedIn } from './session-opener.service';

export interface CompleteMfaCommand {
  readonly ticket: string;
  /** A TOTP code or a recovery code. */
  readonly code: string;
  readonly caller: Caller;
}

export interface CompletedSignIn extends SignedIn {
  /** The contract that the sign-in began in, and what it wanted remembered. */
  readonly contract: string;
  readonly remembered: Readonly<Record<string, boolean>>;
}

/** Finishes a sign-in, of whatever contract, with its second factor. */
@Injectable()
export class CompleteMfa {
  constructor(
    private readonly database: Database,
    private readonly tickets: MfaTickets,
    private readonly codes: GuardedCode,
    private readonly credential: AccountCredential,
    private readonly opener: SessionOpener,
  ) {}

  /** @throws AppError `invalid-ticket` (unknown, used, expired, out of tries, password changed), `invalid-code`, `too-many-requests` */
  async execute({ ticket, code, caller }: CompleteMfaCommand): Promise<CompletedSignIn> {
    const half = await this.tickets.look(this.database.pool, ticket);
    const signedIn = await this.codes.spend({
      userId: half.userId,
      code,
      caller,
      prepare: async (tx) => ({
        user: await this.confirm(tx, half),
        ticketId: await this.tickets.reserveTry(tx, ticket),
      }),
      allowed: async (tx, { user, ticketId }, method) => {
        await this.tickets.spend(tx, ticketId);
        const { lifetimes, contract } = half;
        return this.opener.open(tx, { user, amr: ['pwd', method], lifetimes, caller: { ...caller, contract } });
      },
    });
    return { ...signedIn, contract: half.contract, remembered: half.remembered };
  }

  /** The account, locked, if the first factor is still what was proved. */
  private async confirm(tx: Tx, half: HalfSignedIn): Promise<UserEntity> {
    const user = await this.credential.confirm(tx, half);
    if (!user) throw new AppError('invalid-ticket');
    return user;
  }
}
