import { Injectable } from '@nestjs/common';
import type { Tx } from '../../database/database.service';
import { Clock } from '../../kernel/clock';
import type { Caller } from '../../kernel/principal';
import { Audit } from '../audit/audit.service';
import { Sessions } from '../session/sessions.service';
import type { UserEntity } from '../user/user.entity';
import { Users } from '../user/users.repository';
import { AccessGrants, type AccessGrant } from './access-grants.service';
import { DeviceGrants } from './device-grants.service';

export interface SessionLifetimes {
  readonly accessSeconds: number;
  /** Null: this contract hands out no refresh token. */
  readonly refreshSeconds: number | null;
}

export interface NewSession {
  readonly user: UserEntity;
  /** How the user proved who he is (RFC 8176). */
  readonly amr: readonly string[];
  readonly lifetimes: SessionLifetimes;
  readonly caller: Caller;
}

export interface SignedIn {
  readonly user: UserEntity;
  readonly sessionId: string;
  readonly access: AccessGrant;
  readonly refreshToken: string | null;
  readonly refreshExpiresInSeconds: number;
  readonly deviceToken: string;
  readonly withSecondFactor: boolean;
}

/** Opens a session after a full sign-in, in whatever contract: session, tokens, device, audit, in one transaction. */
@Injectable()
export class SessionOpener {
  constructor(
    private readonly clock: Clock,
    private readonly sessions: Sessions,
    private readonly users: Users,
    private readonly access: AccessGrants,
    private readonly devices: DeviceGrants,
    private readonly audit: Audit,
  ) {}

  async open(tx: Tx, { user, amr, lifetimes, caller }: NewSession): Promise<SignedIn> {
    const now = this.clock.now();
    const withSecondFactor = amr.length > 1;
    const device = await this.devices.grantAfterSignIn(tx, user.id, caller, { withSecondFactor });
    const opened = await this.sessions.open(tx, {
      userId: user.id,
      contract: caller.contract,
      deviceId: device.deviceId,
      amr: [...amr],
      lifetimes,
      caller,
      now,
    });
    await this.users.noteSignIn(tx, user.id, now);
    await this.audit.record(tx, { event: 'signed-in', userId: user.id, caller, facts: { amr: amr.join(' ') } });
    return {
      user,
      sessionId: opened.session.id,
      access: this.access.grant(user, opened.session),
      refreshToken: opened.refreshToken,
      refreshExpiresInSeconds: opened.refreshExpiresInSeconds,
      deviceToken: device.token,
      withSecondFactor,
    };
  }
}
