import { Global, Module } from '@nestjs/common';
import { ScheduleModule } from '@nestjs/schedule';
import { LoggerModule } from 'nestjs-pino';
import { Settings } from '../config/settings';
import { Database } from '../database/database.service';
import { Clock } from '../kernel/clock';
import { DatabaseClock } from './clock/database-clock.service';
import { Signals } from './events/signals.service';
import { HashPool } from './hashing/hash-pool.service';
import { JobLock } from './jobs/job-lock';
import { Jobs } from './jobs/jobs.service';
import { MasterKeyring } from './keys/master-keyring.service';
import { ServiceKeys } from './keys/service-keys.service';
import { AppLogger } from './logging/app-logger.service';
import { logOptions } from './logging/log-options';
import { RequestLog } from './logging/request-log.service';

const clock = {
  provide: Clock,
  inject: [Database],
  useFactory: async (database: Database): Promise<Clock> => {
    const databaseClock = new DatabaseClock(database);
    await databaseClock.start();
    return databaseClock;
  },
};

// loaded before anybody gets them, so that no room depends on the order in which modules start
const serviceKeys = {
  provide: ServiceKeys,
  inject: [Database, MasterKeyring, Clock],
  useFactory: async (database: Database, keyring: MasterKeyring, time: Clock): Promise<ServiceKeys> => {
    const keys = new ServiceKeys(database, keyring, time);
    await keys.load();
    return keys;
  },
};

/** Technology without business, for all rooms. Needs the settings and a migrated database. */
@Global()
@Module({
  imports: [
    ScheduleModule.forRoot(),
    LoggerModule.forRootAsync({ inject: [Settings], useFactory: (settings: Settings) => logOptions(settings) }),
  ],
  providers: [AppLogger, clock, serviceKeys, MasterKeyring, Signals, JobLock, Jobs, HashPool, RequestLog],
  exports: [AppLogger, Clock, ServiceKeys, MasterKeyring, Signals, Jobs, HashPool],
})
export class PlatformModule {}
