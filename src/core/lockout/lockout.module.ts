import { Module, type OnModuleInit } from '@nestjs/common';
import { JwtModule } from '@nestjs/jwt';
import { Database } from '../../database/database.service';
import { addSeconds, Clock, DAY_SECONDS, HOUR_SECONDS } from '../../kernel/clock';
import { Jobs } from '../../platform/jobs/jobs.service';
import { Buckets } from './buckets.service';
import { DeviceTokens } from './device-tokens.service';
import { Devices } from './devices.repository';
import { KnownCallerList } from './known-caller-list.repository';
import { KnownCallers } from './known-callers.service';
import { KnownNetworks } from './known-networks.repository';
import { LockLifting } from './lock-lifting.service';
import { LockList } from './lock-list.repository';
import { Lockout } from './lockout.service';
import { Locks } from './locks.repository';

/** Networks are named in mails about a lock, and then no longer kept. */
const NETWORK_KEPT_SECONDS = 30 * DAY_SECONDS;

const services = [
  Buckets,
  Devices,
  DeviceTokens,
  KnownCallerList,
  KnownCallers,
  KnownNetworks,
  LockLifting,
  LockList,
  Lockout,
  Locks,
];

/** Failed attempts, and what tells an owner from a stranger. */
@Module({
  imports: [JwtModule.register({})],
  providers: services,
  exports: services,
})
export class LockoutModule implements OnModuleInit {
  constructor(
    private readonly jobs: Jobs,
    private readonly database: Database,
    private readonly devices: Devices,
    private readonly networks: KnownNetworks,
    private readonly locks: Locks,
    private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    const { pool } = this.database;
    this.jobs.register({
      name: 'purge-devices',
      everySeconds: DAY_SECONDS,
      run: async () => {
        await this.devices.purge(pool, this.clock.now());
      },
    });
    this.jobs.register({
      name: 'purge-locks',
      everySeconds: HOUR_SECONDS,
      run: async () => {
        const now = this.clock.now();
        await this.networks.purge(pool, now);
        await this.locks.purge(pool, now, addSeconds(now, -NETWORK_KEPT_SECONDS));
      },
    });
  }
}
