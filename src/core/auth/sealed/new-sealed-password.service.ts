import { Injectable } from '@nestjs/common';
import { Database } from '../../../database/database.service';
import { AppError, isRefusal } from '../../../kernel/errors/app-error';
import type { Caller } from '../../../kernel/principal';
import { SealedPasswords } from '../../credential/sealing/sealed-passwords.service';
import { SealedUses } from '../../credential/sealing/sealed-uses.repository';
import { SealingKeys } from '../../credential/sealing/sealing-keys.service';
import type { SealedSecret } from './sealed-secret';

export interface SealedPasswordUse<T> {
  readonly sealed: SealedSecret;
  readonly caller: Caller;
  /** Throws `validation` for a password that may not be set; asks nothing of the database. */
  readonly check: (password: string) => void;
  readonly set: (password: string) => Promise<T>;
}

/** A password that came encrypted and is about to be set. Use it last of all: the answer says whether it was any good. */
@Injectable()
export class NewSealedPassword {
  constructor(
    private readonly database: Database,
    private readonly passwords: SealedPasswords,
    private readonly uses: SealedUses,
    private readonly keys: SealingKeys,
  ) {}

  /**
   * Opens it and sets it. Where setting it fails for anything but the password, the ciphertext may come again.
   *
   * @throws AppError `invalid-encrypted-password`: padding, key, text, policy or a second use, told apart by nobody
   */
  async use<T>({ sealed, caller, check, set }: SealedPasswordUse<T>): Promise<T> {
    const opened = await this.passwords.open({ ...sealed, network: caller.network, isTold: true });
    const isFirst = await this.uses.take(this.database.pool, opened.digest, null);
    // a replay is no further guess
    if (!isFirst) throw new AppError('invalid-encrypted-password');
    // also of what stands in for one that could not be read: the time must not tell that there was something to check
    const fault = faultOf(opened.password, check);
    if (fault !== null || !opened.isWhole) return this.refuse(sealed, caller, fault);
    try {
      return await set(opened.password);
    } catch (error) {
      await this.uses.release(this.database.pool, opened.digest);
      throw error;
    }
  }

  /** Policy counts as bad padding does: what the key still opens would tell them apart. */
  private async refuse({ keyId }: SealedSecret, { network }: Caller, cause: unknown): Promise<never> {
    await this.keys.noteFailure(keyId, network);
    throw new AppError('invalid-encrypted-password', { cause });
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
