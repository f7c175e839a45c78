import { Test } from '@nestjs/testing';
import { ConfigModule } from '../../src/config/config.module';
import { parseSettings } from '../../src/config/settings';
import { CredentialModule } from '../../src/core/credential/credential.module';
import { SealedPasswords } from '../../src/core/credential/sealing/sealed-passwords.service';
import { SealedUses } from '../../src/core/credential/sealing/sealed-uses.repository';
import { SealingKeys } from '../../src/core/credential/sealing/sealing-keys.service';
import { DatabaseModule } from '../../src/database/database.module';
import { Database } from '../../src/database/database.service';
import { entities } from '../../src/entities';
import { Clock } from '../../src/kernel/clock';
import { Jobs } from '../../src/platform/jobs/jobs.service';
import { PlatformModule } from '../../src/platform/platform.module';
import { TEST_MASTER_KEY } from './session-process';

export interface SealingProcess {
  readonly database: Database;
  readonly keys: SealingKeys;
  readonly passwords: SealedPasswords;
  readonly uses: SealedUses;
  readonly jobs: Jobs;
  stop(): Promise<void>;
}

/** What one process of the service has of sealing keys. Several of them on one database are several processes. */
export async function startSealingProcess(
  url: string,
  clock: Clock,
  environment: Readonly<Record<string, string>> = {},
): Promise<SealingProcess> {
  const settings = parseSettings({
    DATABASE_URL: url,
    MASTER_KEY: TEST_MASTER_KEY,
    LOG_LEVEL: 'silent',
    ...environment,
  });
  const module = await Test.createTestingModule({
    imports: [ConfigModule.with(settings), DatabaseModule.with(entities), PlatformModule, CredentialModule],
  })
    .overrideProvider(Clock)
    .useValue(clock)
    .compile();
  await module.init();
  return {
    database: module.get(Database),
    keys: module.get(SealingKeys, { strict: false }),
    passwords: module.get(SealedPasswords, { strict: false }),
    uses: module.get(SealedUses, { strict: false }),
    jobs: module.get(Jobs, { strict: false }),
    stop: () => module.close(),
  };
}
