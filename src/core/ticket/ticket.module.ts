import { Module, type OnModuleInit } from '@nestjs/common';
import { Database } from '../../database/database.service';
import { Jobs } from '../../platform/jobs/jobs.service';
import { Enrolments } from './enrolments.repository';
import { MailedCodes } from './mailed-codes.service';
import { ResetCodes } from './reset-codes.repository';
import { Tickets } from './tickets.service';

@Module({
  providers: [Enrolments, MailedCodes, ResetCodes, Tickets],
  exports: [Enrolments, MailedCodes, ResetCodes, Tickets],
})
export class TicketModule implements OnModuleInit {
  constructor(
    private readonly jobs: Jobs,
    private readonly database: Database,
    private readonly tickets: Tickets,
  ) {}

  onModuleInit(): void {
    this.jobs.register({
      name: 'purge-tickets',
      everySeconds: 600,
      run: async () => {
        await this.tickets.purge(this.database.pool);
      },
    });
  }
}
