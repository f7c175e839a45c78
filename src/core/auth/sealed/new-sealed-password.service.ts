import { Injectable } from '@nestjs/common';
import { Database } from '../../../database/database.service';
import { AppError, isRefusal } from '../../../kernel/errors/app-error';
import type { Caller } from '../../../kernel/principal';
import { SealedPasswords, type OpenedPassword } from '../../credential/sealing/sealed-passwords.service';
import { SealedUses } from '../../credential/sealing/sealed-uses.repository';
import { SealingKeys } from '../../credential/sealing/sealing-keys.service';
import { FailureBudgets } from '../failure-budgets.port';
import type { SealedSecret } from './sealed-secret';

export interface SealedPasswordUse<T> {
  readonly sealed: SealedSecret;
  readonly caller: Caller;
  /** Throws `validation` for a password that may not be set; asks nothing of the database. */
  readonly check: (password: string) => void;
  readonly set: (password: string) => Promise<T>;
}

/** What came of opening one. `guess`: it was no good, and its sender has learned that; `none`: it was not looked at. */
type Judged = { readonly kind: 'good'; readonly opened: OpenedPassword } | Refused;
type Refused = { readonly kind: 'none' } | { readonly kind: 'guess'; readonly cause: unknown };

/** A password that came encrypted and is about to be set. Use it last of all: the answer says whether it was any good. */
@Injectable()
export class NewSealedPassword {
  constructor(
    private readonly database: Database,
    private readonly passwords: SealedPasswords,
    private readonly uses: SealedUses,
    private readonly keys: SealingKeys,
    private readonly budgets: FailureBudgets,
  ) {}

  /**
   * Opens it and sets it. Where setting it fails for anything but the password, the ciphertext may come again.
   *
   * @throws AppError `invalid-encrypted-password`: padding, key, text, policy or a second use, told apart by nobody;
   *   `too-many-requests` in a network that has failed too often
   */
  async use<T>({ set, ...asked }: SealedPasswordUse<T>): Promise<T> {
    const judged = await this.judgeCharged(asked);
    if (judged.kind === 'none') throw new AppError('invalid-encrypted-password');
    if (judged.kind === 'guess') throw new AppError('invalid-encrypted-password', { cause: judged.cause });
    const { password, digest } = judged.opened;
    try {
      return await set(password);
    } catch (error) {
      await this.uses.release(this.database.pool, digest);
      throw error;
    }
  }

  /**
   * As every guess it is charged to its network first, and given back unless it was one; known devices are no exception:
   * one of an attacker's own would spend everybody's keys for nothing.
   */
  private async judgeCharged(asked: Omit<SealedPasswordUse<unknown>, 'set'>): Promise<Judged> {
    const charged = await this.budgets.charge(asked.caller, false);
    const judged = await this.judge(asked).catch(async (error: unknown) => {
      await charged.giveBack();
      throw error;
    });
    if (judged.kind !== 'guess') await charged.giveBack();
    return judged;
  }

  /**
   * In one transaction with what it counts, so that never more are opened than may fail. Policy counts as bad padding does:
   * what the key still opens would tell them apart.
   */
  private judge({ sealed, caller, check }: Omit<SealedPasswordUse<unknown>, 'set'>): Promise<Judged> {
    const { network } = caller;
    return this.database.transaction(async (tx) => {
      const opened = await this.passwords.open(tx, { ...sealed, network, isTold: true });
      // neither a retired key nor a replay is a further guess
      if (!opened || !(await this.uses.take(tx, opened.digest, null))) return { kind: 'none' };
      // also of what stands in for one that could not be read: the time must not tell that there was something to check
      const cause = faultOf(opened.password, check);
      if (cause === null && opened.isWhole) return { kind: 'good', opened };
      await this.keys.noteFailure(tx, sealed.keyId, network);
      return { kind: 'guess', cause };
    });
  }
}

function faultOf(password: string, check: (password: string) => void): unknown {
  try {
    check(password);
    return null;
  } catch (error) {
    if (isRefusal(error, 'validation')) return error;
    throw error;
  }
}
