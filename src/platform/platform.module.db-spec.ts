import { Global, Module, type DynamicModule, type INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { DataSource } from 'typeorm';
import { createTestDatabase, type TestDatabase } from '../../test/support/test-database';
import { ConfigModule } from '../config/config.module';
import { parseSettings } from '../config/settings';
import { Database, statement } from '../database/database.service';
import { Clock } from '../kernel/clock';
import { HashPool } from './hashing/hash-pool.service';
import { Jobs } from './jobs/jobs.service';
import { ServiceKeys } from './keys/service-keys.service';
import { PlatformModule } from './platform.module';

@Global()
@Module({})
class OneDatabaseModule {
  static with({ dataSource, database }: TestDatabase): DynamicModule {
    const providers = [
      { provide: DataSource, useValue: dataSource },
      { provide: Database, useValue: database },
    ];
    return { module: OneDatabaseModule, providers, exports: [DataSource, Database] };
  }
}

@Module({})
class Root {}

let test: TestDatabase;

beforeAll(async () => {
  test = await createTestDatabase();
});

afterAll(async () => {
  await test.drop();
});

function start(): Promise<INestApplicationContext> {
  const settings = parseSettings({ MASTER_KEY: Buffer.alloc(32, 3).toString('base64') });
  const imports = [ConfigModule.with(settings), OneDatabaseModule.with(test), PlatformModule];
  return NestFactory.createApplicationContext({ module: Root, imports }, { logger: false, abortOnError: false });
}

it('is ready when the application is, also without an HTTP server', async () => {
  const app = await start();
  expect(app.get(ServiceKeys).key('pepper')).toHaveLength(32);
  const { rows } = await statement<{ at: Date }>(test.database.pool, 'SELECT clock_timestamp() AS at');
  expect(Math.abs(app.get(Clock).now().getTime() - (rows[0]?.at.getTime() ?? 0))).toBeLessThan(1000);
  await app.close();
});

it('lets the application end at once and awaits the job under way', async () => {
  const app = await start();
  const hash = { data: 'secret', salt: '$2b$04$abcdefghijklmnopqrstuu' };
  await app.get(HashPool).run(hash, { class: 'ordinary', network: '192.0.2.1' });
  let hasEnded = false;
  const run = async (): Promise<void> => {
    await statement(test.database.pool, 'SELECT 1');
    hasEnded = true;
  };
  app.get(Jobs).register({ name: 'last', everySeconds: 3600, run });
  const running = app.get(Jobs).runNow('last');
  await app.close();
  expect(hasEnded).toBe(true);
  await running;
});
