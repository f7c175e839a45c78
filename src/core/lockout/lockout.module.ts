import { Module, type OnModuleInit } from '@nestjs/common';
import { JwtModule } from '@nestjs/jwt';
import { Database } from '../../database/database.service';
import { Clock, DAY_SECONDS } from '../../kernel/clock';
import { Jobs } from '../../platform/jobs/jobs.service';
import { DeviceTokens } from './device-tokens.service';
import { Devices } from './devices.repository';

/** What tells an owner's browser from a stranger's. */
@Module({
  imports: [JwtModule.register({})],
  providers: [DeviceTokens, Devices],
  exports: [DeviceTokens, Devices],
})
export class LockoutModule implements OnModuleInit {
  constructor(
    private readonly jobs: Jobs,
    private readonly database: Database,
    private readonly devices: Devices,
    private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.jobs.register({
      name: 'purge-devices',
      everySeconds: DAY_SECONDS,
      run: async () => {
        await this.devices.purge(this.database.pool, this.clock.now());
      },
    });
  }
}
