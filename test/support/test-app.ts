import type { Type } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import { mkdtempSync, rmSync } from 'node:fs';
import type { InjectOptions, Response } from 'light-my-request';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { wireApp } from '../../src/app.factory';
import { AppModule } from '../../src/app.module';
import { parseSettings } from '../../src/config/settings';
import type { SettingName } from '../../src/config/settings.schema';
import { DevelopmentMailbox, type DevelopmentMail } from '../../src/core/mail/development-mailbox.service';
import { MailWorker } from '../../src/core/mail/mail-worker.service';
import { HttpAdapter } from '../../src/http/http-adapter';
import { Clock } from '../../src/kernel/clock';
import { Jobs } from '../../src/platform/jobs/jobs.service';
import { TestClock } from './test-clock';
import { createTestDatabase, type TestDatabase } from './test-database';

type Environment = Partial<Record<SettingName, string>>;

/** The whole service in this process: real database, real hashing, a clock that the test sets, no port. */
export interface TestApp {
  readonly app: NestFastifyApplication;
  readonly clock: TestClock;
  readonly database: TestDatabase;
  readonly dataDir: string;
  inject(request: InjectOptions): Promise<Response>;
  /** A POST of JSON. */
  post(url: string, body?: unknown, headers?: Record<string, string>): Promise<Response>;
  get(url: string, headers?: Record<string, string>): Promise<Response>;
  /** Delivers what is due and shows the mails to an address, newest first. */
  mailsTo(address: string): Promise<DevelopmentMail[]>;
  close(): Promise<void>;
}

export interface TestAppOptions {
  readonly environment?: Environment;
  /** Another app's database, to be a second process of it; it is dropped by its first app. */
  readonly database?: TestDatabase;
  readonly clock?: TestClock;
  /** Another app's data folder: processes of one service share the master key in it. */
  readonly dataDir?: string;
  /** Modules beside the service's own, such as a contract that only the tests know. */
  readonly modules?: readonly Type[];
}

/** Who delivers the mails of a database, by its URL. */
const postmen = new Map<string, MailWorker>();

export async function startTestApp(options: TestAppOptions = {}): Promise<TestApp & { readonly dataDir: string }> {
  const database = options.database ?? (await createTestDatabase());
  const dataDir = options.dataDir ?? mkdtempSync(join(tmpdir(), 'latchkey-app-'));
  const clock = options.clock ?? new TestClock(new Date('2026-01-15T12:00:00.000Z'));
  const settings = parseSettings({
    NODE_ENV: 'test',
    DATABASE_URL: database.url,
    DATA_DIR: dataDir,
    BCRYPT_COST: '4',
    LOG_LEVEL: 'silent',
    THROTTLE_LIMIT: '0',
    THROTTLE_FAILURES: '0',
    ...options.environment,
  });
  const testing = await Test.createTestingModule({ imports: [AppModule.with(settings), ...(options.modules ?? [])] })
    .overrideProvider(Clock)
    .useValue(clock)
    .compile();
  const app = testing.createNestApplication<NestFastifyApplication>(new HttpAdapter(settings), { logger: false });
  wireApp(app);
  await app.init();
  await app.getHttpAdapter().getInstance().ready();
  // on their own account they run by the machine's time, and would do something now and then in the midst of a test
  await app.get(Jobs, { strict: false }).onModuleDestroy();
  // the first app of a database delivers for all: a mail that a second had in hand, `mailsTo` could not wait for
  const worker = app.get(MailWorker, { strict: false });
  if (options.database) await worker.beforeApplicationShutdown();
  const postman = postmen.get(database.url) ?? worker;
  postmen.set(database.url, postman);
  const inject = (request: InjectOptions): Promise<Response> => app.inject(request);
  return {
    app,
    clock,
    database,
    dataDir,
    inject,
    post: (url, body, headers = {}) =>
      inject({ method: 'POST', url, headers, ...(body === undefined ? {} : { payload: body as object }) }),
    get: (url, headers = {}) => inject({ method: 'GET', url, headers }),
    mailsTo: async (address) => {
      await postman.runDue();
      return app.get(DevelopmentMailbox, { strict: false }).list({ to: address });
    },
    close: async () => {
      await app.close();
      if (!options.dataDir) rmSync(dataDir, { recursive: true, force: true });
      if (postman === worker) postmen.delete(database.url);
      if (!options.database) await database.drop();
    },
  };
}
