import { Module, type OnModuleInit } from '@nestjs/common';
import { Database } from '../../database/database.service';
import { HOUR_SECONDS } from '../../kernel/clock';
import { Jobs } from '../../platform/jobs/jobs.service';
import { FormerFactor } from './former-factor.service';
import { RecoveryCodes } from './recovery-codes.service';
import { SecondFactor } from './second-factor.service';
import { TotpSealing } from './totp-sealing.service';
import { Totp } from './totp.service';

/** The second factor: TOTP and recovery codes. */
@Module({
  providers: [FormerFactor, RecoveryCodes, SecondFactor, Totp, TotpSealing],
  exports: [FormerFactor, RecoveryCodes, SecondFactor, Totp],
})
export class MfaModule implements OnModuleInit {
  constructor(
    private readonly jobs: Jobs,
    private readonly database: Database,
    private readonly totp: Totp,
  ) {}

  onModuleInit(): void {
    this.jobs.register({
      name: 'purge-totp',
      everySeconds: HOUR_SECONDS,
      run: () => this.totp.purge(this.database.pool),
    });
  }
}
