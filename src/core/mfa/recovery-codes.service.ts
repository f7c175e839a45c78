import { Injectable } from '@nestjs/common';
import { randomBytes } from 'node:crypto';
import { statement, type Tx } from '../../database/database.service';
import { Clock } from '../../kernel/clock';
import { sha256 } from '../../platform/crypto/digest';
import { toBase32 } from './totp-secret';

const CODES = 10;
/** 120 bits: past guessing (ASVS 6.5.2 asks for 112), so a code needs no lock and no slow hash. */
const CODE_BYTES = 15;

/** Codes to get in with when the second factor is lost. Each works once. */
@Injectable()
export class RecoveryCodes {
  constructor(private readonly clock: Clock) {}

  /** Makes ten, in place of all former ones. They are shown now and never again. */
  async replace(tx: Tx, userId: string): Promise<string[]> {
    const codes = Array.from({ length: CODES }, () => toBase32(randomBytes(CODE_BYTES)));
    await this.removeAll(tx, userId);
    await statement(tx, `INSERT INTO recovery_codes (user_id, digest, created_at) SELECT $1, unnest($2::bytea[]), $3`, [
      userId,
      codes.map(sha256),
      this.clock.now(),
    ]);
    return codes.map((code) => code.replace(/.{4}(?=.)/g, '$&-'));
  }

  /** Spends a code, given without its dashes: of any number of callers with the same one, one gets true. */
  async spend(tx: Tx, userId: string, code: string): Promise<boolean> {
    const { affected } = await statement(tx, `DELETE FROM recovery_codes WHERE user_id = $1 AND digest = $2`, [
      userId,
      sha256(code.toUpperCase()),
    ]);
    return affected === 1;
  }

  async removeAll(tx: Tx, userId: string): Promise<void> {
    await statement(tx, `DELETE FROM recovery_codes WHERE user_id = $1`, [userId]);
  }
}
