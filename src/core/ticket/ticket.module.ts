import { Module, type OnModuleInit } from '@nestjs/common';
import { Database } from '../../database/database.service';
import { Jobs } from '../../platform/jobs/jobs.service';
import { AwaitedProofs } from './awaited-proofs.repository';
import { Enrolments } from './enrolments.repository';
import { MailedCodes } from './mailed-codes.service';
import { ResetCodes } from './reset-codes.repository';
import { UndoTries } from './undo-tries.repository';
import { Tickets } from './tickets.service';

const services = [AwaitedProofs, Enrolments, MailedCodes, ResetCodes, Tickets, UndoTries];

@Module({ providers: services, exports: services })
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
