import { Injectable } from '@nestjs/common';
import { Database, type Tx } from '../../database/database.service';
import { AppError } from '../../kernel/errors/app-error';
import type { Caller } from '../../kernel/principal';
import { Buckets } from '../lockout/buckets.service';
import { MailedCodes } from '../ticket/mailed-codes.service';
import { GuessLimits, type AllowedGuess } from './guess-limits.service';

export interface MailedCodeAttempt<Result> {
  readonly ticketId: string;
  /** Where the code was mailed to, in canonical form: all codes of one address count together. */
  readonly address: string;
  readonly userId: string | null;
  readonly code: string;
  readonly caller: Caller;
  /** What the code allows, in the transaction in which it is spent. */
  readonly allowed: (tx: Tx) => Promise<Result>;
}

const NOT_ASKED = { deviceId: null, sessionId: null, network: null };

/**
 * The one place where a mailed six-digit code is judged. Each code dies at its 5th wrong try; and as all codes of an
 * address share one bucket, asking for new ones brings no further guesses. Every mail with a code carries a link too,
 * which no lock closes.
 */
@Injectable()
export class GuardedMailedCode {
  constructor(
    private readonly database: Database,
    private readonly buckets: Buckets,
    private readonly limits: GuessLimits,
    private readonly codes: MailedCodes,
  ) {}

  /** @throws AppError `invalid-code`, `locked`, `too-many-requests`, and whatever `allowed` throws */
  async spend<Result>(attempt: MailedCodeAttempt<Result>): Promise<Result> {
    const { address, userId, caller } = attempt;
    const strangers = this.buckets.mailedCodesTo(address);
    const guess = await this.limits.allow({ userId, caller, recognised: NOT_ASKED, strangers });
    const outcome = await this.judge(attempt, guess).catch(async (error: unknown) => {
      await guess.giveBack(); // everything is undone, so nothing was guessed
      throw error;
    });
    if (!outcome.isRight) throw new AppError('invalid-code');
    await guess.succeed();
    return outcome.result;
  }

  private judge<Result>({ ticketId, address, code, allowed }: MailedCodeAttempt<Result>, guess: AllowedGuess) {
    return this.database.transaction(async (tx) => {
      if (await this.codes.spend(tx, ticketId, code)) return { isRight: true as const, result: await allowed(tx) };
      await guess.fail(tx, 'mailed-code-failed', address);
      return { isRight: false as const };
    });
  }
}
