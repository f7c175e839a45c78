import { Injectable, Logger } from '@nestjs/common';
import { Database, type Tx } from '../../database/database.service';
import { AppError } from '../../kernel/errors/app-error';
import type { Caller } from '../../kernel/principal';
import { errorForLog } from '../../platform/logging/error-for-log';
import { Buckets } from '../lockout/buckets.service';
import { MailedCodes } from '../ticket/mailed-codes.service';
import { GuessLimits, type AllowedGuess } from './guess-limits.service';

export interface MailedCodeAttempt<Ready, Result> {
  readonly ticketId: string;
  /** Where the code was mailed to, in canonical form: all codes of one address count together. */
  readonly address: string;
  readonly userId: string | null;
  readonly code: string;
  readonly caller: Caller;
  /** Runs first in the transaction in which the code is spent: what has to be locked before the code's row. */
  readonly prepare: (tx: Tx) => Promise<Ready>;
  /** What the code allows, in that same transaction. */
  readonly allowed: (tx: Tx, ready: Ready) => Promise<Result>;
}

const NOT_ASKED = { deviceId: null, sessionId: null, network: null };

/**
 * The one place where a mailed six-digit code is judged. Each code dies at its 5th wrong try; and as all codes of an
 * address share one bucket, asking for new ones brings no further guesses. Every mail with a code carries a link too,
 * which no lock closes.
 */
@Injectable()
export class GuardedMailedCode {
  private readonly logger = new Logger(GuardedMailedCode.name);

  constructor(
    private readonly database: Database,
    private readonly buckets: Buckets,
    private readonly limits: GuessLimits,
    private readonly codes: MailedCodes,
  ) {}

  /** @throws AppError `invalid-code`, `locked`, `too-many-requests`, and whatever `allowed` throws */
  async spend<Ready, Result>(attempt: MailedCodeAttempt<Ready, Result>): Promise<Result> {
    const { address, userId, caller } = attempt;
    const strangers = this.buckets.mailedCodesTo(address);
    const guess = await this.limits.allow({ userId, caller, recognised: NOT_ASKED, strangers });
    const outcome = await this.judge(attempt, guess).catch(async (error: unknown) => {
      await guess.giveBack(); // everything is undone, so nothing was guessed
      throw error;
    });
    if (!outcome.isRight) throw new AppError('invalid-code');
    // what the code allowed is done: that the attempt stays counted must not take it back
    await guess.succeed().catch((error: unknown) => {
      this.logger.warn({ failure: errorForLog(error) }, 'a right code stays counted as a failed one');
    });
    return outcome.result;
  }

  private judge<Ready, Result>(attempt: MailedCodeAttempt<Ready, Result>, guess: AllowedGuess) {
    const { ticketId, address, code, prepare, allowed } = attempt;
    return this.database.transaction(async (tx) => {
      const ready = await prepare(tx);
      const isRight = await this.codes.spend(tx, ticketId, code);
      if (isRight) return { isRight, result: await allowed(tx, ready) } as const;
      await guess.fail(tx, 'mailed-code-failed', address);
      return { isRight: false as const };
    });
  }
}
