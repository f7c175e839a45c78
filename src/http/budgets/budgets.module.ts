import { Inject, Module, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { ThrottlerModule } from '@nestjs/throttler';
import { Settings } from '../../config/settings';
import { FailureBudgets } from '../../core/auth/failure-budgets.port';
import { Database } from '../../database/database.service';
import { Clock } from '../../kernel/clock';
import { HealthModule } from '../../platform/health/health.module';
import { Readiness } from '../../platform/health/readiness.service';
import { Jobs } from '../../platform/jobs/jobs.service';
import { BudgetThrottlerStorage } from './budget-throttler-storage';
import { FailureBudget } from './failure-budget.service';
import { NetworkBudgets } from './network-budgets.port';
import { PgNetworkBudgets } from './pg-network-budgets';
import { RedisNetworkBudgets } from './redis-network-budgets';
import { requestThrottling } from './request-throttling';

const PURGE_SECONDS = 300;

const networkBudgets = {
  provide: NetworkBudgets,
  inject: [Settings, Clock, PgNetworkBudgets],
  useFactory: (settings: Settings, clock: Clock, pg: PgNetworkBudgets): NetworkBudgets =>
    settings.redisUrl === '' ? pg : new RedisNetworkBudgets(settings.redisUrl, clock, pg),
};

const pgBudgets = {
  provide: PgNetworkBudgets,
  inject: [Database, Clock],
  useFactory: (database: Database, clock: Clock): PgNetworkBudgets => new PgNetworkBudgets(database, clock),
};

/** What networks may ask and get wrong. */
@Module({
  imports: [HealthModule, ThrottlerModule.forRootAsync({ inject: [Settings], useFactory: requestThrottling })],
  providers: [pgBudgets, networkBudgets, BudgetThrottlerStorage, { provide: FailureBudgets, useClass: FailureBudget }],
  exports: [ThrottlerModule, NetworkBudgets, BudgetThrottlerStorage, FailureBudgets],
})
export class BudgetsModule implements OnModuleInit, OnModuleDestroy {
  constructor(
    private readonly jobs: Jobs,
    private readonly readiness: Readiness,
    private readonly pg: PgNetworkBudgets,
    @Inject(NetworkBudgets) private readonly budgets: NetworkBudgets,
  ) {}

  onModuleInit(): void {
    this.jobs.register({ name: 'purge-network-budgets', everySeconds: PURGE_SECONDS, run: () => this.pg.purge() });
    if (this.budgets instanceof RedisNetworkBudgets) {
      // without it PostgreSQL counts
      this.readiness.register('redis', () => this.budgets.check(), { isVital: false });
    }
  }

  onModuleDestroy(): void {
    if (this.budgets instanceof RedisNetworkBudgets) this.budgets.close();
  }
}
