import { Injectable } from '@nestjs/common';
import type { Tx } from '../../database/database.service';
import { Credentials } from '../credential/credential.repository';
import { Devices } from '../lockout/devices.repository';
import { Totp, type TotpSnapshot } from '../mfa/totp.service';
import type { Ticket } from '../ticket/tickets.service';
import type { UserEntity } from '../user/user.entity';

/** What an undo puts back, and what it is proved with: the account just before a change. */
export interface AccountSnapshot {
  readonly email: string | null;
  /** ISO 8601. */
  readonly emailVerifiedAt: string | null;
  readonly totp: TotpSnapshot | null;
  readonly passwordHash: string | null;
  readonly deviceIds: readonly string[];
}

/** Takes the picture of an account that an undo ticket keeps. */
@Injectable()
export class AccountSnapshots {
  constructor(
    private readonly credentials: Credentials,
    private readonly totp: Totp,
    private readonly devices: Devices,
  ) {}

  async take(tx: Tx, user: UserEntity): Promise<AccountSnapshot> {
    const password = await this.credentials.find(tx, user.id, 'password');
    return {
      email: user.email,
      emailVerifiedAt: user.emailVerifiedAt?.toISOString() ?? null,
      totp: await this.totp.snapshot(tx, user.id),
      passwordHash: password?.hash ?? null,
      deviceIds: await this.devices.idsOf(tx, user.id),
    };
  }
}

export function snapshotOf(ticket: Ticket): AccountSnapshot {
  return ticket.payload as unknown as AccountSnapshot;
}
