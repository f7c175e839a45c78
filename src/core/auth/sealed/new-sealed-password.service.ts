import { Injectable } from '@nestjs/common';
import { Database } from '../../../database/database.service';
import { AppError, isRefusal } from '../../../kernel/errors/app-error';
import type { Caller } from '../../../kernel/principal';
import { SealedPasswords, type OpenedPassword } from '../../credential/sealing/sealed-passwords.service';
import { SealedUses } from '../../credential/sealing/sealed-uses.repository';
import { SealingKeys } from '../../credential/sealing/sealing-keys.service';
import type { SealedSecret } from './sealed-secret';

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
  async use<T>(sealed: SealedSecret, caller: Caller, set: (password: string) => Promise<T>): Promise<T> {
    const { password, digest } = await this.open(sealed, caller);
    try {
      return await set(password);
    } catch (error) {
      // it counts as bad padding does: what the key still opens would tell them apart
      if (isRefusal(error, 'validation')) return await this.refuse(sealed, caller, error);
      await this.uses.release(this.database.pool, digest);
      throw error;
    }
  }

  private async open(sealed: SealedSecret, caller: Caller): Promise<OpenedPassword> {
    const opened = await this.passwords.open({ ...sealed, network: caller.network });
    const isFirst = await this.uses.take(this.database.pool, opened.digest, { withCode: false });
    // a replay is no further guess
    if (!isFirst) throw new AppError('invalid-encrypted-password');
    return opened.isWhole ? opened : this.refuse(sealed, caller);
  }

  private async refuse({ keyId }: SealedSecret, { network }: Caller, cause?: unknown): Promise<never> {
    await this.keys.noteFailure(keyId, network);
    throw new AppError('invalid-encrypted-password', { cause });
  }
}
