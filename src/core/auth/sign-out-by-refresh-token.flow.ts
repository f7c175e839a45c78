import { Injectable } from '@nestjs/common';
import { Database, type Tx } from '../../database/database.service';
import { AppError } from '../../kernel/errors/app-error';
import type { Caller } from '../../kernel/principal';
import { DeviceTokens } from '../lockout/device-tokens.service';
import { Revocations } from '../session/revocations.service';
import { Sessions } from '../session/sessions.service';
import { Users } from '../user/users.repository';
import { TheftResponse } from './theft-response.service';

export interface SignOutByRefreshTokenCommand {
  readonly refreshToken: string;
  /** Every session of the account, not only this one. */
  readonly all: boolean;
  readonly caller: Caller;
}

type Outcome = { readonly endedSessionIds: string[] } | 'invalid-refresh-token' | 'refresh-token-reused';

/** Ends a session by its refresh token. The token is judged as at a refresh: a superseded one is a theft here too. */
@Injectable()
export class SignOutByRefreshToken {
  constructor(
    private readonly database: Database,
    private readonly sessions: Sessions,
    private readonly users: Users,
    private readonly devices: DeviceTokens,
    private readonly theft: TheftResponse,
    private readonly revocations: Revocations,
  ) {}

  /** @throws AppError `invalid-refresh-token`, `refresh-token-reused` */
  async execute(command: SignOutByRefreshTokenCommand): Promise<void> {
    const outcome = await this.database.transaction((tx) => this.end(tx, command));
    if (typeof outcome === 'string') throw new AppError(outcome);
    this.revocations.note(outcome.endedSessionIds);
  }

  private async end(tx: Tx, { refreshToken, all, caller }: SignOutByRefreshTokenCommand): Promise<Outcome> {
    const presented = this.devices.read(caller.deviceToken);
    const rotation = await this.sessions.rotate(tx, refreshToken, caller.contract, presented);
    if (rotation.kind === 'invalid') return 'invalid-refresh-token';
    const { session } = rotation;
    if (rotation.kind === 'theft') {
      await this.theft.respond(tx, session, await this.users.findById(tx, session.userId), caller);
      return 'refresh-token-reused';
    }
    const endedSessionIds = all
      ? await this.sessions.endAll(tx, session.userId)
      : await this.sessions.end(tx, [session.id]);
    return { endedSessionIds };
  }
}
