import { Injectable, Logger } from '@nestjs/common';
import { setTimeout as pause } from 'node:timers/promises';
import { isDatabaseUnavailable } from '../../database/database-errors';
import { Database, type Tx } from '../../database/database.service';
import { Clock } from '../../kernel/clock';
import { MailComposer } from './mail-composer.service';
import { MailPreparers, type MailDraft, type OutboxMail } from './mail-preparers.service';
import { MailQueue } from './mail-queue.repository';
import { MailTransportError } from './mail-transport.error';
import { MailTransport, type OutgoingMail } from './mail-transport.port';
import { nextAttemptAt } from './retry-schedule';

/** What an attempt told about the mail server. */
export type DeliveryOutcome = 'reached' | 'unreachable' | 'untold';

/** The longest one attempt may take, whatever the server does. */
const DEADLINE_MS = 90_000;

/** Pauses before trying again to write down what became of a mail, so that it does not go out twice. */
const SETTLE_PAUSES_MS = [200, 1_000, 3_000, 5_000];

/** One attempt at one mail: prepare, put into words, hand over, write down what became of it. */
@Injectable()
export class MailDelivery {
  private readonly logger = new Logger(MailDelivery.name);

  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly queue: MailQueue,
    private readonly preparers: MailPreparers,
    private readonly composer: MailComposer,
    private readonly transport: MailTransport,
  ) {}

  /**
   * Delivers a claimed mail. Never throws but for a database that is gone: the lease brings the mail back then.
   *
   * @param signal gives the attempt up
   */
  async deliver(mail: OutboxMail, signal: AbortSignal): Promise<DeliveryOutcome> {
    const outgoing = await this.prepare(mail);
    if (outgoing === null) return 'untold';
    const limited = AbortSignal.any([signal, AbortSignal.timeout(DEADLINE_MS)]);
    try {
      await this.transport.deliver(outgoing, limited);
    } catch (error) {
      const failure = this.failureOf(mail, error);
      await this.postpone(mail, failure);
      if (failure.kind === 'outage') return 'unreachable';
      return failure.kind === 'unusable' || limited.aborted ? 'untold' : 'reached';
    }
    await this.settle(mail, (tx) => this.queue.finish(tx, mail, 'sent', this.clock.now()));
    return 'reached';
  }

  /** @returns null when there is nothing to send: no longer ours, nobody to tell, or it could not be made. */
  private async prepare(mail: OutboxMail): Promise<OutgoingMail | null> {
    try {
      const draft = await this.database.transaction((tx) => this.draft(tx, mail));
      return draft === null ? null : this.composer.compose(mail, draft);
    } catch (error) {
      if (isDatabaseUnavailable(error)) throw error;
      this.logger.error(`Mail ${mail.id} (${mail.kind}) could not be prepared`, stackOf(error));
      await this.postpone(mail, new MailTransportError('deferred', `not prepared: ${nameOf(error)}`));
      return null;
    }
  }

  private async draft(tx: Tx, mail: OutboxMail): Promise<MailDraft | null> {
    // holds the row until the secret is drawn, and finds out whether it is still ours
    if (!(await this.queue.renew(tx, mail, this.clock.now()))) return null;
    const preparer = this.preparers.find(mail.kind);
    // a newer version running beside this one may know it
    if (preparer === null) throw new UnknownMailKindError(mail.kind);
    const draft = await preparer.prepare(tx, mail);
    if (draft === null) await this.queue.finish(tx, mail, 'dropped', this.clock.now());
    return draft;
  }

  private failureOf(mail: OutboxMail, error: unknown): MailTransportError {
    if (error instanceof MailTransportError) return error;
    this.logger.error(`Mail ${mail.id} (${mail.kind}): the transport broke`, stackOf(error));
    return new MailTransportError('deferred', nameOf(error));
  }

  private async postpone(mail: OutboxMail, failure: MailTransportError): Promise<void> {
    const now = this.clock.now();
    const next = nextAttemptAt(failure.kind, mail.createdAt, now);
    const plan = next === null ? 'given up' : `again at ${next.toISOString()}`;
    this.logger.warn(`Mail ${mail.id} (${mail.kind}), attempt ${String(mail.attempt)}: ${failure.message}; ${plan}`);
    await this.settle(mail, (tx) =>
      next === null
        ? this.queue.finish(tx, mail, 'failed', now, failure.summary)
        : this.queue.postpone(tx, mail, next, failure.summary),
    );
  }

  private async settle(mail: OutboxMail, write: (tx: Tx) => Promise<boolean>): Promise<void> {
    for (let attempt = 0; ; attempt += 1) {
      try {
        const isOurs = await write(this.database.pool);
        if (!isOurs) this.logger.warn(`Mail ${mail.id} was taken over while attempt ${String(mail.attempt)} went on`);
        return;
      } catch (error) {
        const wait = SETTLE_PAUSES_MS[attempt];
        if (wait === undefined || !isDatabaseUnavailable(error)) throw error;
        await pause(wait);
      }
    }
  }
}

class UnknownMailKindError extends Error {
  constructor(kind: string) {
    super(`nobody prepares mails of kind ${kind}`);
    this.name = 'UnknownMailKindError';
  }
}

function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : 'unknown';
}

function stackOf(error: unknown): string | undefined {
  return error instanceof Error ? error.stack : undefined;
}
