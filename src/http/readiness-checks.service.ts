import { Injectable, type OnModuleInit } from '@nestjs/common';
import { MailTransport } from '../core/mail/mail-transport.port';
import { Revocations } from '../core/session/revocations.service';
import { Database, statement } from '../database/database.service';
import { Readiness } from '../platform/health/readiness.service';

/** What `/readyz` tells of every process; rooms that some processes lack register themselves. */
@Injectable()
export class ReadinessChecks implements OnModuleInit {
  constructor(
    private readonly readiness: Readiness,
    private readonly database: Database,
    private readonly revocations: Revocations,
    private readonly mail: MailTransport,
  ) {}

  onModuleInit(): void {
    this.readiness.register('database', async () => {
      await statement(this.database.reserved, 'SELECT 1');
    });
    this.readiness.register('revocations', () =>
      this.revocations.isStale() ? Promise.reject(new Error('the last good read is too old')) : Promise.resolve(),
    );
    // mails wait in the outbox: all routes answer meanwhile, and every process of the service would be out at once
    this.readiness.register('mail', () => this.mail.check(), { isVital: false });
  }
}
