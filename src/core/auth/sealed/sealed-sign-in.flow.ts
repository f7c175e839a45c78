import { Injectable } from '@nestjs/common';
import { Database } from '../../../database/database.service';
import { AppError, isRefusal } from '../../../kernel/errors/app-error';
import { SealedPasswords, type OpenedPassword } from '../../credential/sealing/sealed-passwords.service';
import { SealedUses } from '../../credential/sealing/sealed-uses.repository';
import { SealingKeys } from '../../credential/sealing/sealing-keys.service';
import { DeviceGrants } from '../device-grants.service';
import type { SignInCommand, SignInOutcome } from '../sign-in-command';
import { SignIn } from '../sign-in.flow';
import type { SealedSecret } from './sealed-secret';

export interface SealedSignInCommand extends Omit<SignInCommand, 'secret' | 'credential'> {
  readonly sealed: SealedSecret;
}

/** Before a password is judged: whatever came in its place was used up for nothing, and may come again. */
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
    const outcome = await this.signIn
      .execute({ ...command, secret: opened.password, credential: 'password' })
      .catch((error: unknown) => this.settle(error, opened, sealed, command));
    if ('mfaTicket' in outcome) await this.uses.awaitCode(pool, opened.digest, name.text);
    return outcome;
  }

  private async settle(
    error: unknown,
    { digest }: OpenedPassword,
    { keyId }: SealedSecret,
    { caller }: Pick<SealedSignInCommand, 'caller'>,
  ): Promise<never> {
    if (isRefusal(error, 'invalid-credentials')) await this.keys.noteFailure(this.database.pool, keyId, caller.network);
    else if (UNJUDGED.some((code) => isRefusal(error, code))) await this.uses.release(this.database.pool, digest);
    throw error;
  }
}
