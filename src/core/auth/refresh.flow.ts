import { Injectable } from '@nestjs/common';
import { Database, type Tx } from '../../database/database.service';
import { AppError } from '../../kernel/errors/app-error';
import type { Caller } from '../../kernel/principal';
import { DeviceTokens } from '../lockout/device-tokens.service';
import { Sessions } from '../session/sessions.service';
import type { UserEntity } from '../user/user.entity';
import { Users } from '../user/users.repository';
import { AccessGrants, type AccessGrant } from './access-grants.service';
import { TheftResponse } from './theft-response.service';

export interface RefreshCommand {
  readonly refreshToken: string;
  readonly caller: Caller;
}

export interface Refreshed {
  readonly user: UserEntity;
  readonly sessionId: string;
  readonly access: AccessGrant;
  readonly refreshToken: string;
  readonly refreshExpiresInSeconds: number;
}

interface Refusal {
  readonly refusal: 'invalid-refresh-token' | 'refresh-token-reused';
  readonly endedSessionIds: readonly string[];
}

/**
 * Rotates a refresh token of the caller's contract (RFC 9700 §4.14.2). The answer that got lost can be fetched again;
 * a token that was superseded for good ends its session, because then two parties hold it.
 */
@Injectable()
export class Refresh {
  constructor(
    private readonly database: Database,
    private readonly sessions: Sessions,
    private readonly users: Users,
    private readonly devices: DeviceTokens,
    private readonly access: AccessGrants,
    private readonly theft: TheftResponse,
  ) {}

  /** @throws AppError `invalid-refresh-token`, `refresh-token-reused` */
  async execute(command: RefreshCommand): Promise<Refreshed> {
    // the outcome is thrown only after the commit: a detected theft must stay written
    const outcome = await this.database.transaction((tx) => this.rotate(tx, command));
    if (!('refusal' in outcome)) return outcome;
    this.access.withdraw(outcome.endedSessionIds);
    throw new AppError(outcome.refusal);
  }

  private async rotate(tx: Tx, { refreshToken, caller }: RefreshCommand): Promise<Refreshed | Refusal> {
    const presented = this.devices.read(caller.deviceToken);
    const rotation = await this.sessions.rotate(tx, refreshToken, caller.contract, presented);
    if (rotation.kind === 'invalid') return { refusal: 'invalid-refresh-token', endedSessionIds: [] };
    const { session } = rotation;
    const user = await this.users.findById(tx, session.userId);
    if (rotation.kind === 'theft') {
      await this.theft.respond(tx, session, user, caller);
      return { refusal: 'refresh-token-reused', endedSessionIds: [session.id] };
    }
    if (!user || user.disabledAt) {
      return { refusal: 'invalid-refresh-token', endedSessionIds: await this.sessions.end(tx, [session.id]) };
    }
    return {
      user,
      sessionId: session.id,
      access: this.access.grant(user, session),
      refreshToken: rotation.refreshToken,
      refreshExpiresInSeconds: rotation.refreshExpiresInSeconds,
    };
  }
}
