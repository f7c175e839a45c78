import { Injectable } from '@nestjs/common';
import { Database } from '../../../database/database.service';
import { AppError, isRefusal } from '../../../kernel/errors/app-error';
import { SealedPasswords } from '../../credential/sealing/sealed-passwords.service';
import { SealedUses } from '../../credential/sealing/sealed-uses.repository';
import { SealingKeys } from '../../credential/sealing/sealing-keys.service';
import { DeviceGrants } from '../device-grants.service';
import type { SignInCommand, SignInOutcome } from '../sign-in-command';
import { SignIn } from '../sign-in.flow';
import type { SealedSecret } from './sealed-secret';

export interface SealedSignInCommand extends Omit<SignInCommand, 'secret' | 'credential'> {
  readonly sealed: SealedSecret;
}

interface Failed extends Pick<SealedSignInCommand, 'sealed' | 'name' | 'caller'> {
  readonly digest: Buffer;
  readonly isHalfway: boolean;
}

/** What came was used up for nothing, and may come again: after the password was judged only for what was not. */
const UNJUDGED = ['locked', 'too-many-requests', 'busy', 'unavailable'] as const;

/**
 * Signs in by name and a password encrypted under a sealing key. What is wrong with the ciphertext is a wrong password: the
 * same steps, the same answer. One ciphertext counts once; after the second factor was asked for, once more with a code.
 */
@Injectable()
export class SealedSignIn {
  constructor(
    private readonly database: Database,
    private readonly passwords: SealedPasswords,
    private readonly uses: SealedUses,
    private readonly keys: SealingKeys,
    private readonly signIn: SignIn,
    private readonly devices: DeviceGrants,
  ) {}

  /**
   * A neighbour in the network can retire its keys. So a device that we gave a token is not asked about that, which tells
   * nobody anything; and for who has none, such a key is no guess.
   *
   * @throws AppError as `SignIn`; `invalid-credentials` for a ciphertext that was used before or whose key is retired, which
   *   is no guess
   */
  async execute({ sealed, ...command }: SealedSignInCommand): Promise<SignInOutcome> {
    const { pool } = this.database;
    const { code, name, caller } = command;
    const network = this.devices.isTokened(caller) ? null : caller.network;
    const opened = await this.passwords.open(pool, { ...sealed, network, isTold: false });
    if (!opened) throw new AppError('invalid-credentials');
    const isFirst = await this.uses.take(pool, opened.digest, code === null ? null : name.text);
    if (!isFirst) throw new AppError('invalid-credentials');
    let isHalfway = false;
    const onHalfway = () => {
      isHalfway = true;
    };
    const outcome = await this.signIn
      .execute({ ...command, secret: opened.password, credential: 'password', onHalfway })
      .catch((error: unknown) => this.settle(error, { ...command, sealed, digest: opened.digest, isHalfway }));
    if ('mfaTicket' in outcome) await this.uses.awaitCode(pool, opened.digest, name.text);
    return outcome;
  }

  private async settle(error: unknown, { digest, isHalfway, sealed, name, caller }: Failed): Promise<never> {
    const { pool } = this.database;
    if (isRefusal(error, 'invalid-credentials')) await this.keys.noteFailure(pool, sealed.keyId, caller.network);
    else if (UNJUDGED.some((code) => isRefusal(error, code))) {
      // the password was right: as new, it would tell whoever has recorded it so, without a code
      if (isHalfway) await this.uses.awaitCode(pool, digest, name.text);
      else await this.uses.release(pool, digest);
    }
    throw error;
  }
}
