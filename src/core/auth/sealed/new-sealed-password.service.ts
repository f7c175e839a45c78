import { Injectable } from '@nestjs/common';
import { Database } from '../../../database/database.service';
import { AppError, isRefusal } from '../../../kernel/errors/app-error';
import type { Caller } from '../../../kernel/principal';
import { SealedPasswords, type OpenedPassword } from '../../credential/sealing/sealed-passwords.service';
import { SealedUses } from '../../credential/sealing/sealed-uses.repository';
import { SealingKeys } from '../../credential/sealing/sealing-keys.service';
import type { SealedSecret } from './sealed-secret';

/** A password that came encrypted and is about to be set. Open it last of all: the answer says whether it was any good. */
@Injectable()
export class NewSealedPassword {
  constructor(
    private readonly database: Database,
    private readonly passwords: SealedPasswords,
    private readonly uses: SealedUses,
    private readonly keys: SealingKeys,
  ) {}

  /** @throws AppError `invalid-encrypted-password`: padding, key, text or a second use, told apart by nobody */
  async open(sealed: SealedSecret, { network }: Caller): Promise<OpenedPassword> {
    const opened = await this.passwords.open({ ...sealed, network });
    const isFirst = await this.uses.take(this.database.pool, opened.digest, { withCode: false });
    if (isFirst && opened.isWhole) return opened;
    if (isFirst) await this.keys.noteFailure(sealed.keyId, network);
    throw new AppError('invalid-encrypted-password');
  }

  /**
   * What became of setting it failed: a password that the policy refuses is as any that is no good; after anything else the
   * ciphertext may come again.
   */
  async failed(error: unknown, { digest }: OpenedPassword): Promise<never> {
    if (isRefusal(error, 'validation')) throw new AppError('invalid-encrypted-password', { cause: error });
    await this.uses.release(this.database.pool, digest);
    throw error;
  }
}
