import { Logger } from '@nestjs/common';
import { statement } from '../../src/database/database.service';
import { createMailRoom, smtpTransport } from '../support/mail-room';
import { startSmtpServer, type Mail, type SmtpBehaviour, type TestSmtpServer } from '../support/smtp-server';
import { TestClock } from '../support/test-clock';
import { createTestDatabase, type TestDatabase } from '../support/test-database';

let db: TestDatabase;
let server: TestSmtpServer;
let log: string[];

beforeEach(async () => {
  db = await createTestDatabase();
  server = await startSmtpServer();
  log = [];
  const note = (line: unknown): boolean => log.push(String(line)) > 0;
  jest.spyOn(process.stdout, 'write').mockImplementation(note);
  jest.spyOn(process.stderr, 'write').mockImplementation(note);
  Logger.overrideLogger(['log', 'error', 'warn', 'debug', 'verbose', 'fatal']);
});

afterEach(async () => {
  jest.restoreAllMocks();
  await server.stop();
  await db.drop();
});

/** Filters quote what they refuse. */
const quote = ({ raw, links }: Mail): string => `5.7.1 blocked ${links.join(' ')} ${raw.replace(/\s+/g, ' ')}`;

const behaviours: readonly (readonly [string, SmtpBehaviour])[] = [
  ['refused by a filter that quotes it', { onMail: (mail) => ({ code: 554, text: quote(mail) }) }],
  ['put off by a filter that quotes it', { onMail: (mail) => ({ code: 451, text: quote(mail) }) }],
  ['lost with its connection', { onMail: () => 'cut' }],
  ['delivered', {}],
];

describe('the secret of a mail', () => {
  it.each(behaviours)(
    'is in no column of any table and in no line of the log when the mail is %s',
    async (_how, how) => {
      server.behave(how);
      const clock = new TestClock();
      const room = createMailRoom({ database: db.database, clock, transport: smtpTransport(server.url) });
      await room.enqueue();
      await room.worker.runDue();
      const [secret] = room.drawn;
      if (secret === undefined) throw new Error('no secret was drawn');
      const everything = await everyRow();
      expect(everything).toContain('ada@example.org');
      expect(everything).not.toContain(secret);
      if (how.onMail) expect(log.join('')).toContain('attempt 1');
      expect(log.join('')).not.toContain(secret);
    },
  );

  it('would be found where it is kept', async () => {
    await statement(
      db.database.pool,
      `INSERT INTO development_mails (message_id, recipient, subject, text, html, sent_at)
       VALUES ('m', 'ada@example.org', 's', 'ticket=NEEDLE', 'h', '2026-01-15')`,
    );
    expect(await everyRow()).toContain('NEEDLE');
  });
});

/** Every row of every table, as text. */
async function everyRow(): Promise<string> {
  const { pool } = db.database;
  const { rows: tables } = await statement<{ name: string }>(
    pool,
    `SELECT quote_ident(tablename) AS name FROM pg_tables WHERE schemaname = 'public'`,
  );
  const texts: string[] = [];
  for (const { name } of tables) {
    const { rows } = await statement<{ line: string }>(pool, `SELECT t::text AS line FROM ${name} t`);
    texts.push(...rows.map(({ line }) => line));
  }
  return texts.join('\n');
}
