import { Injectable } from '@nestjs/common';
import type { Tx } from '../../database/database.service';
import { Credentials } from '../credential/credential.repository';
import { FormerFactor } from '../mfa/former-factor.service';
import { Tickets } from '../ticket/tickets.service';
import type { UserEntity } from '../user/user.entity';
import { Vaults, type Vault } from './vault/vaults.service';

/** An account just before a change: what an undo may put back, and what it is proved with. */
export interface AccountSnapshot {
  readonly email: string | null;
  readonly isEmailVerified: boolean;
  /** The one that an undo is proved with; see `AccountSnapshots`. */
  readonly passwordHash: string | null;
  /** Since when (ISO 8601) another password counts, which a mailed link has set; null where none did lately. */
  readonly passwordUntil?: string | null;
  /** Null where there was none; absent in a picture that an earlier version took. */
  readonly vault?: Vault | null;
  /** The second factor, named by the instant it was enabled at (ISO 8601); null where there was none. */
  readonly factorSince: string | null;
}

/**
 * Takes the picture of an account that an undo ticket keeps. Where a mailed link has set the password and that can still be
 * undone, the password of before it is kept in its place: what a mailbox alone has brought proves nothing against what
 * needed more than the mailbox.
 */
@Injectable()
export class AccountSnapshots {
  constructor(
    private readonly credentials: Credentials,
    private readonly vaults: Vaults,
    private readonly tickets: Tickets,
    private readonly factor: FormerFactor,
  ) {}

  async take(tx: Tx, user: UserEntity): Promise<AccountSnapshot> {
    const factorSince = await this.factor.presentSince(tx, user.id);
    return {
      email: user.email,
      isEmailVerified: user.emailVerifiedAt !== null,
      ...(await this.password(tx, user.id)),
      vault: await this.vaults.find(tx, user.id),
      factorSince: factorSince?.toISOString() ?? null,
    };
  }

  private async password(tx: Tx, userId: string): Promise<Pick<AccountSnapshot, 'passwordHash' | 'passwordUntil'>> {
    const present = await this.credentials.find(tx, userId, 'password');
    const reset = await this.tickets.earliestUndo(tx, userId, 'password-set-by-link');
    if (!reset) return { passwordHash: present?.hash ?? null, passwordUntil: null };
    const { passwordHash, passwordUntil } = reset.payload as unknown as AccountSnapshot;
    return { passwordHash, passwordUntil: passwordUntil ?? reset.createdAt.toISOString() };
  }
}
