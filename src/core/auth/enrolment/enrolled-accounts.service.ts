import { Injectable } from '@nestjs/common';
import type { Tx } from '../../../database/database.service';
import { Clock } from '../../../kernel/clock';
import { AppError, isRefusal } from '../../../kernel/errors/app-error';
import type { Caller } from '../../../kernel/principal';
import type { PasswordHash } from '../../credential/passwords.service';
import { VaultKeyring, type VaultKeys } from '../../credential/vault-keyring.repository';
import type { Enrolment } from '../../ticket/enrolments.repository';
import { Users } from '../../user/users.repository';
import { AddressProof } from '../address-proof.service';
import { SessionOpener, type SessionLifetimes, type SignedIn } from '../session-opener.service';

export interface EnrolledAccount {
  readonly enrolment: Enrolment;
  readonly verifier: PasswordHash;
  readonly keys: VaultKeys;
  readonly lifetimes: SessionLifetimes;
  readonly caller: Caller;
}

export interface OpenedAccount {
  readonly signedIn: SignedIn;
  /** Of a former holder of the unproved address. */
  readonly endedSessionIds: string[];
}

/** Accounts that come of enrolments: with a verifier and the keys of a vault instead of a password. */
@Injectable()
export class EnrolledAccounts {
  constructor(
    private readonly clock: Clock,
    private readonly proof: AddressProof,
    private readonly keyring: VaultKeyring,
    private readonly users: Users,
    private readonly opener: SessionOpener,
  ) {}

  /** @throws AppError `username-taken`; `not-activated` when another account has proved the address since */
  async open(tx: Tx, { enrolment, verifier, keys, lifetimes, caller }: EnrolledAccount): Promise<OpenedAccount> {
    const { email, username, provedRank } = enrolment;
    const named = { email, username, isUsernameNeeded: true, provedRank };
    const registration = { ...named, secret: verifier, credential: 'verifier', isProvedByCode: true } as const;
    const { userId, endedSessionIds } = await this.proof.establish(tx, registration, caller).catch((error: unknown) => {
      throw isRefusal(error, 'email-taken') ? new AppError('not-activated', { cause: error }) : error;
    });
    await this.keyring.set(tx, userId, keys, this.clock.now());
    const user = await this.users.lockById(tx, userId);
    if (!user) throw new Error('an account that was just made is gone');
    const signedIn = await this.opener.open(tx, { user, amr: ['pwd'], lifetimes, caller });
    return { signedIn, endedSessionIds };
  }
}
