import { Injectable, Logger } from '@nestjs/common';
import { Database, type Tx } from '../../database/database.service';
import { AppError } from '../../kernel/errors/app-error';
import { errorForLog } from '../../platform/logging/error-for-log';
import type { AuditEventName } from '../audit/audit.service';
import type { AllowedGuess } from './guess-limits.service';

export interface GuessedCode<Result> {
  /** As it was counted, before anything is looked at. */
  readonly guess: AllowedGuess;
  /** Judges the code and does what it allows, in one transaction; null: it is wrong. What it throws undoes everything. */
  readonly judge: (tx: Tx) => Promise<{ readonly result: Result } | null>;
  readonly failure: AuditEventName;
  /** What the caller named, where the audit trail has no account to name. */
  readonly identifier?: string;
}

/** Settles the guess of a code: a wrong one is written down, which must outlive the refusal; a right one is given back. */
@Injectable()
export class JudgedGuess {
  private readonly logger = new Logger(JudgedGuess.name);

  constructor(private readonly database: Database) {}

  /** @throws AppError `invalid-code`, and whatever `judge` throws */
  async settle<Result>({ guess, judge, failure, identifier }: GuessedCode<Result>): Promise<Result> {
    const right = await this.database
      .transaction(async (tx) => {
        const outcome = await judge(tx);
        if (!outcome) await guess.fail(tx, failure, identifier);
        return outcome;
      })
      .catch(async (error: unknown) => {
        await guess.giveBack(); // everything is undone, so nothing was guessed
        throw error;
      });
    if (!right) throw new AppError('invalid-code');
    // what the code allowed is done: that the attempt stays counted must not take it back
    await guess.succeed().catch((error: unknown) => {
      this.logger.warn({ failure: errorForLog(error) }, 'a right code stays counted as a failed one');
    });
    return right.result;
  }
}
