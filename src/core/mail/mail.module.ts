import { Module, type OnModuleInit } from '@nestjs/common';
import { Settings } from '../../config/settings';
import { Database } from '../../database/database.service';
import { Clock, HOUR_SECONDS } from '../../kernel/clock';
import { Jobs } from '../../platform/jobs/jobs.service';
import { DevelopmentMailTransport } from './development-mail.transport';
import { DevelopmentMailbox } from './development-mailbox.service';
import { MailComposer } from './mail-composer.service';
import { MailDelivery } from './mail-delivery.service';
import { MailPreparers } from './mail-preparers.service';
import { MailQueue } from './mail-queue.repository';
import { MailRenderer } from './mail-renderer.service';
import { MailTransport } from './mail-transport.port';
import { MailWakeups } from './mail-wakeups.service';
import { MailWorker } from './mail-worker.service';
import { Outbox } from './outbox.service';
import { SmtpMailTransport } from './smtp-mail.transport';

const transport = {
  provide: MailTransport,
  inject: [Settings, Database],
  useFactory: ({ smtpUrl, mailFrom }: Settings, database: Database): MailTransport =>
    smtpUrl === '' ? new DevelopmentMailTransport(database) : new SmtpMailTransport({ url: smtpUrl, from: mailFrom }),
};

/** Mails: written by flows into the outbox, delivered by a worker of every process. */
@Module({
  providers: [
    transport,
    Outbox,
    DevelopmentMailbox,
    MailComposer,
    MailDelivery,
    MailPreparers,
    MailQueue,
    MailRenderer,
    MailWakeups,
    MailWorker,
  ],
  exports: [Outbox, MailPreparers, DevelopmentMailbox, MailTransport, MailWorker],
})
export class MailModule implements OnModuleInit {
  constructor(
    private readonly jobs: Jobs,
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly queue: MailQueue,
    private readonly mailbox: DevelopmentMailbox,
  ) {}

  onModuleInit(): void {
    this.jobs.register({
      name: 'purge-mail-outbox',
      everySeconds: HOUR_SECONDS,
      run: async () => {
        await this.queue.purge(this.database.pool, this.clock.now());
      },
    });
    this.jobs.register({
      name: 'purge-development-mails',
      everySeconds: HOUR_SECONDS,
      run: () => this.mailbox.purge(this.database.pool, this.clock.now()),
    });
  }
}
