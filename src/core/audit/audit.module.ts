import { Module, type OnModuleInit } from '@nestjs/common';
import { HOUR_SECONDS } from '../../kernel/clock';
import { Database } from '../../database/database.service';
import { Jobs } from '../../platform/jobs/jobs.service';
import { Audit } from './audit.service';

@Module({ providers: [Audit], exports: [Audit] })
export class AuditModule implements OnModuleInit {
  constructor(
    private readonly jobs: Jobs,
    private readonly database: Database,
    private readonly audit: Audit,
  ) {}

  onModuleInit(): void {
    this.jobs.register({
      name: 'purge-audit',
      everySeconds: HOUR_SECONDS,
      run: () => this.audit.purge(this.database.pool),
    });
  }
}
