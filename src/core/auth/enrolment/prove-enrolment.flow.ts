import { Injectable } from '@nestjs/common';
import { Database, lockName, type Tx } from '../../../database/database.service';
import { AppError, isRefusal } from '../../../kernel/errors/app-error';
import type { Caller } from '../../../kernel/principal';
import { Enrolments, type Enrolment } from '../../ticket/enrolments.repository';
import { Tickets } from '../../ticket/tickets.service';
import { GuardedMailedCode } from '../guarded-mailed-code.service';
import { lockUsername } from '../username-lock';
import { EnrolmentTokens, type NamedEnrolment } from './enrolment-tokens.service';

export interface ProveByCodeCommand {
  /** Null: none was sent. */
  readonly enrolmentToken: string | null;
  readonly code: string;
  readonly caller: Caller;
}

export interface ProveByLinkCommand {
  readonly enrolmentToken: string | null;
  /** Of the mailed link. */
  readonly secret: string;
}

const SIX_DIGITS = /^\d{6}$/;

/** Proves the mailbox of an enrolment. From then on every other registration of that address is void. */
@Injectable()
export class ProveEnrolment {
  constructor(
    private readonly database: Database,
    private readonly tokens: EnrolmentTokens,
    private readonly codes: GuardedMailedCode,
    private readonly enrolments: Enrolments,
    private readonly tickets: Tickets,
  ) {}

  /**
   * By the mailed code. An enrolment that never had one, or is void meanwhile, answers as to a wrong code.
   *
   * @throws AppError `invalid-token`, `invalid-code`, `locked`, `too-many-requests`
   */
  async byCode({ enrolmentToken, code, caller }: ProveByCodeCommand): Promise<void> {
    if (!SIX_DIGITS.test(code)) return this.byPastedSecret({ enrolmentToken, secret: code });
    const named = this.tokens.demand(enrolmentToken);
    await this.codes.spend({
      ticketId: named.enrolmentId,
      address: named.address,
      userId: null,
      code,
      caller,
      prepare: (tx) => this.hold(tx, named),
      allowed: async (tx, enrolment) => {
        if (!enrolment) throw new AppError('invalid-code');
        await this.enrolments.prove(tx, enrolment);
      },
    });
  }

  /**
   * By the mailed link, in the browser that began the enrolment: a mailbox's owner who opens a stranger's link must not
   * prove it to him.
   *
   * @throws AppError `invalid-ticket`
   */
  async byLink({ enrolmentToken, secret }: ProveByLinkCommand): Promise<void> {
    const named = this.tokens.demand(enrolmentToken);
    await this.database.transaction(async (tx) => {
      const enrolment = await this.hold(tx, named);
      const seen = await this.tickets.peek(tx, 'enrol', secret);
      const isItsOwn = enrolment !== null && seen?.id === enrolment.id;
      if (!isItsOwn || !(await this.tickets.forgetSecret(tx, secret))) throw new AppError('invalid-ticket');
      await this.enrolments.prove(tx, enrolment);
    });
  }

  /** What is no code may be the link's secret: it cannot be guessed, so no lock closes that way for an app either. */
  private async byPastedSecret(command: ProveByLinkCommand): Promise<void> {
    await this.byLink(command).catch((error: unknown) => {
      throw isRefusal(error, 'invalid-ticket') ? new AppError('invalid-code', { cause: error }) : error;
    });
  }

  /**
   * The address before its tickets, in this order everywhere; two that want one username prove one after the other. Null
   * also for one that is void, and where another enrolment of the address was proved before: the first one counts. All are
   * asked and locked alike, so that what is done does not tell which it is.
   */
  private async hold(tx: Tx, { enrolmentId, address }: NamedEnrolment): Promise<Enrolment | null> {
    await lockName(tx, 'address', address);
    const enrolment = await this.enrolments.hold(tx, enrolmentId);
    if (!enrolment) return null;
    const isOvertaken = await this.enrolments.isProvedByAnother(tx, enrolment);
    await lockUsername(tx, enrolment.username);
    return enrolment.isVoid || isOvertaken ? null : enrolment;
  }
}
