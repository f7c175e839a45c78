import { createMailRoom, smtpTransport } from '../support/mail-room';
import { startSmtpServer, type TestSmtpServer } from '../support/smtp-server';
import { TestClock } from '../support/test-clock';
import { createTestDatabase, type TestDatabase } from '../support/test-database';

let db: TestDatabase;
let server: TestSmtpServer;

beforeAll(async () => {
  db = await createTestDatabase();
  server = await startSmtpServer();
});

afterAll(async () => {
  await server.stop();
  await db.drop();
});

describe('two workers at once', () => {
  it('send every mail, and none of them twice', async () => {
    const clock = new TestClock();
    const createRoom = () => createMailRoom({ database: db.database, clock, transport: smtpTransport(server.url) });
    const rooms = [createRoom(), createRoom()] as const;
    const recipients = Array.from({ length: 40 }, (_, index) => `user-${String(index)}@example.org`);
    await Promise.all(recipients.map((recipient) => rooms[0].enqueue({ recipient })));
    await Promise.all(rooms.map(({ worker }) => worker.runDue()));
    expect(server.mails.flatMap(({ to }) => to).sort()).toEqual(recipients.sort());
    expect(new Set(server.mails.map(({ messageId }) => messageId)).size).toBe(recipients.length);
    expect(rooms.map(({ drawn }) => drawn.length)).not.toContain(0);
    for (const row of await rooms[0].rows()) expect(row).toMatchObject({ state: 'sent', attempts: 1 });
  });
});
