import { Injectable } from '@nestjs/common';
import type { Tx } from '../../database/database.service';
import type { Caller } from '../../kernel/principal';
import { Buckets } from '../lockout/buckets.service';
import { MailedCodes } from '../ticket/mailed-codes.service';
import { GuessLimits } from './guess-limits.service';
import { JudgedGuess } from './judged-guess.service';

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
  constructor(
    private readonly buckets: Buckets,
    private readonly limits: GuessLimits,
    private readonly codes: MailedCodes,
    private readonly judged: JudgedGuess,
  ) {}

  /** @throws AppError `invalid-code`, `locked`, `too-many-requests`, and whatever `allowed` throws */
  async spend<Ready, Result>(attempt: MailedCodeAttempt<Ready, Result>): Promise<Result> {
    const { ticketId, address, userId, code, caller, prepare, allowed } = attempt;
    const strangers = this.buckets.mailedCodesTo(address);
    return this.judged.settle({
      guess: await this.limits.allow({ userId, caller, recognised: NOT_ASKED, strangers }),
      judge: async (tx) => {
        const ready = await prepare(tx);
        const isRight = await this.codes.spend(tx, ticketId, code);
        return isRight ? { result: await allowed(tx, ready) } : null;
      },
      failure: 'mailed-code-failed',
      identifier: address,
    });
  }
}
