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

export const HERE = '203.0.113.7';

export async function keyIn({ keys }: SealingProcess): Promise<{ readonly id: number; readonly key: string }> {
  const { id, publicDer } = await keys.current();
  return { id, key: publicDer.toString('base64') };
}

/** What `openedIn` makes of a ciphertext under a key that is retired. */
export const RETIRED = { password: null, isWhole: false };

export interface OpenedBy {
  /** Null: who no key is retired for. */
  readonly network?: string | null;
  readonly isTold?: boolean;
}

export function openedIn(
  { database, passwords }: SealingProcess,
  keyId: number,
  ciphertext: string,
  { network = HERE, isTold = true }: OpenedBy = {},
) {
  return database.transaction(
    async (tx) => (await passwords.open(tx, { keyId, ciphertext, network, isTold })) ?? RETIRED,
  );
}
