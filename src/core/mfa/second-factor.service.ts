import { Injectable } from '@nestjs/common';
import type { Tx } from '../../database/database.service';
import { AppError } from '../../kernel/errors/app-error';
import { RecoveryCodes } from './recovery-codes.service';
import { isTotpCode, ungrouped } from './totp-code';
import { Totp } from './totp.service';

/** How a second factor was proved (RFC 8176 where it has a name). */
export type SecondFactorMethod = 'otp' | 'recovery';

/** The second factor of an account, whichever way it is proved. */
@Injectable()
export class SecondFactor {
  constructor(
    private readonly totp: Totp,
    private readonly recoveryCodes: RecoveryCodes,
  ) {}

  isEnabled(tx: Tx, userId: string): Promise<boolean> {
    return this.totp.isEnabled(tx, userId);
  }

  /** Whether the code is one of the kind that can be found by trying: six digits, not a recovery code. */
  isGuessable(code: string): boolean {
    return isTotpCode(ungrouped(code));
  }

  /** Spends a TOTP or recovery code. Case, spaces and dashes do not count. Null: it is not right, or no longer. */
  async spend(tx: Tx, userId: string, code: string): Promise<SecondFactorMethod | null> {
    const meant = ungrouped(code);
    if (isTotpCode(meant)) return (await this.totp.spend(tx, userId, meant)) ? 'otp' : null;
    return (await this.recoveryCodes.spend(tx, userId, meant)) ? 'recovery' : null;
  }

  /**
   * Spends a TOTP code and takes nothing else: for where a code stands alone. A recovery code goes together with a
   * password, and is not spent by being tried here.
   */
  spendTotp(tx: Tx, userId: string, code: string): Promise<boolean> {
    return this.totp.spend(tx, userId, ungrouped(code));
  }

  /**
   * Makes recovery codes in place of the former ones.
   *
   * @throws AppError `mfa-not-enabled`
   */
  async replaceRecoveryCodes(tx: Tx, userId: string): Promise<string[]> {
    if (!(await this.isEnabled(tx, userId))) throw new AppError('mfa-not-enabled');
    return this.recoveryCodes.replace(tx, userId);
  }

  /**
   * Takes the factor and its recovery codes away, but keeps the factor aside for so many seconds, for an undo. Returns the
   * id it is kept under; null where none was enabled.
   */
  async retire(tx: Tx, userId: string, keepSeconds: number): Promise<string | null> {
    await this.recoveryCodes.removeAll(tx, userId);
    return this.totp.retire(tx, userId, keepSeconds);
  }

  /** Takes the factor and its recovery codes away. */
  async remove(tx: Tx, userId: string): Promise<void> {
    await this.totp.remove(tx, userId);
    await this.recoveryCodes.removeAll(tx, userId);
  }
}
