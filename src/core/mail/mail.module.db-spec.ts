import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Test } from '@nestjs/testing';
import { createTestDatabase, type TestDatabase } from '../../../test/support/test-database';
import { ConfigModule } from '../../config/config.module';
import { parseSettings } from '../../config/settings';
import { DatabaseModule } from '../../database/database.module';
import { Database, statement } from '../../database/database.service';
import { entities } from '../../entities';
import { Jobs } from '../../platform/jobs/jobs.service';
import { PlatformModule } from '../../platform/platform.module';
import { DevelopmentMailbox } from './development-mailbox.service';
import { MailPreparers } from './mail-preparers.service';
import { MailTransport } from './mail-transport.port';
import { MailModule } from './mail.module';
import { Outbox } from './outbox.service';
import { SmtpMailTransport } from './smtp-mail.transport';

let db: TestDatabase;
let folder: string;

beforeAll(async () => {
  db = await createTestDatabase();
  folder = mkdtempSync(join(tmpdir(), 'latchkey-mail-'));
});

afterAll(async () => {
  rmSync(folder, { recursive: true });
  await db.drop();
});

async function start(environment: Record<string, string> = {}) {
  const settings = parseSettings({ DATABASE_URL: db.url, DATA_DIR: folder, LOG_LEVEL: 'silent', ...environment });
  const builder = Test.createTestingModule({
    imports: [ConfigModule.with(settings), DatabaseModule.with(entities), PlatformModule, MailModule],
  });
  return (await builder.compile()).init();
}

describe('the mail room', () => {
  it('brings what is written to the development mailbox, by itself, and purges by jobs', async () => {
    const app = await start();
    app.get(MailPreparers).register('deleted', {
      prepare: (_tx, { recipient: to }) =>
        Promise.resolve({
          to,
          locale: null,
          message: { template: 'account-deleted', whenIso: '2026-01-15T12:00:00Z' },
        }),
    });
    const database = app.get(Database);
    await database.transaction((tx) =>
      app.get(Outbox).enqueue(tx, { kind: 'deleted', recipient: 'ada@example.org', urgency: 'notice' }),
    );
    const mailbox = app.get(DevelopmentMailbox);
    const deadline = performance.now() + 10_000;
    while ((await mailbox.list({ to: 'ada@example.org' })).length === 0) {
      if (performance.now() > deadline) throw new Error('the mail did not arrive');
    }
    await statement(database.pool, `UPDATE development_mails SET sent_at = sent_at - interval '8 days'`);
    await app.get(Jobs).runNow('purge-development-mails');
    expect(await mailbox.list()).toEqual([]);
    await app.get(Jobs).runNow('purge-mail-outbox');
    await app.close();
  });

  it('speaks SMTP where there is a server', async () => {
    const app = await start({ SMTP_URL: 'smtp://127.0.0.1:9' });
    expect(app.get(MailTransport)).toBeInstanceOf(SmtpMailTransport);
    expect(app.get(DevelopmentMailbox).isEnabled).toBe(false);
    await app.close();
  });
});
