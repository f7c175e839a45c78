import { Hold } from '../../../test/support/hold';
import { createMailRoom, smtpTransport, type MailRoom } from '../../../test/support/mail-room';
import { startSmtpServer, type TestSmtpServer } from '../../../test/support/smtp-server';
import { TestClock } from '../../../test/support/test-clock';
import { createTestDatabase, type TestDatabase } from '../../../test/support/test-database';
import { statement } from '../../database/database.service';
import { DAY_SECONDS, HOUR_SECONDS } from '../../kernel/clock';

let db: TestDatabase;
let server: TestSmtpServer;
let clock: TestClock;
let room: MailRoom;

beforeAll(async () => {
  db = await createTestDatabase();
});

beforeEach(async () => {
  await statement(db.database.pool, 'TRUNCATE mail_outbox');
  server = await startSmtpServer();
  clock = new TestClock();
  room = createMailRoom({ database: db.database, clock, transport: smtpTransport(server.url) });
});

afterEach(() => server.stop());
afterAll(() => db.drop());

describe('the worker', () => {
  it('sends what is due, with a link drawn as it goes, and writes down that it did', async () => {
    await room.enqueue();
    expect(room.drawn).toEqual([]);
    await room.worker.runDue();
    expect(server.mails).toHaveLength(1);
    expect(server.mails[0]?.links).toEqual([`https://id.example.org/reset-password?token=${String(room.drawn[0])}`]);
    const [row] = await room.rows();
    expect(row).toMatchObject({ state: 'sent', attempts: 1, lastError: null });
    expect(server.mails[0]?.messageId).toBe(`<${String(row?.id)}@id.example.org>`);
  });

  it('drops what has nobody to go to', async () => {
    await room.enqueue({ recipient: 'nobody@example.org' });
    await room.worker.runDue();
    expect(await room.rows()).toMatchObject([{ state: 'dropped' }]);
    expect(server.mails).toEqual([]);
  });

  it('sends by itself once started, soon after a mail was written, and stops when told', async () => {
    room.worker.onApplicationBootstrap();
    await room.enqueue();
    await server.waitFor(() => true);
    await room.worker.beforeApplicationShutdown();
    expect(await room.rows()).toMatchObject([{ state: 'sent' }]);
    await room.enqueue();
    await room.worker.runDue();
    expect(server.mails).toHaveLength(1);
  });

  it('finishes the mails in hand before it stops', async () => {
    const hold = new Hold();
    server.behave({ onMail: () => hold.wait().then(() => 'take' as const) });
    await room.enqueue();
    const run = room.worker.runDue();
    await hold.reached;
    const stopped = room.worker.beforeApplicationShutdown();
    hold.release();
    await Promise.all([stopped, run]);
    expect(await room.rows()).toMatchObject([{ state: 'sent' }]);
  });

  it('is not held up by recipients whose server takes its time', async () => {
    const hold = new Hold();
    server.behave({ onRecipient: (to) => (to.startsWith('slow') ? hold.wait().then(() => null) : null) });
    for (const name of ['slow-1', 'slow-2', 'slow-3']) await room.enqueue({ recipient: `${name}@example.org` });
    clock.advanceSeconds(1);
    for (let index = 0; index < 8; index += 1) await room.enqueue({ recipient: `quick-${String(index)}@example.org` });
    const run = room.worker.runDue();
    await server.waitFor(({ to }) => to[0] === 'quick-7@example.org');
    expect(server.mails).toHaveLength(8);
    hold.release();
    await run;
    expect(server.mails).toHaveLength(11);
  });

  it('keeps a mail whose kind nobody knows yet, and sends it once somebody does', async () => {
    await room.enqueue({ kind: 'of-a-newer-version' });
    await room.worker.runDue();
    expect(await room.rows()).toMatchObject([{ state: 'pending', lastError: 'not prepared: UnknownMailKindError' }]);
    room.preparers.register('of-a-newer-version', {
      prepare: (_tx, { recipient }) =>
        Promise.resolve({
          to: recipient,
          locale: null,
          message: { template: 'account-deleted', whenIso: clock.now().toISOString() },
        }),
    });
    clock.advanceSeconds(60);
    await room.worker.runDue();
    expect(await room.rows()).toMatchObject([{ state: 'sent', attempts: 2 }]);
  });

  it('goes on with the others when one cannot be prepared', async () => {
    room.preparers.register('broken', { prepare: () => Promise.reject(new Error('SECRET of the preparer')) });
    await room.enqueue({ kind: 'broken' });
    await room.enqueue();
    await room.worker.runDue();
    expect((await room.rows()).map(({ state }) => state).sort()).toEqual(['pending', 'sent']);
    expect(JSON.stringify(await room.rows())).not.toContain('SECRET');
  });

  it.each([
    [{ code: 450, text: '4.2.1 Later' }, 15],
    [{ code: 550, text: '5.1.1 Who?' }, HOUR_SECONDS],
  ])('puts off what the server answers with $code, and goes on with the others', async (refusal, seconds) => {
    server.behave({ onRecipient: (to) => (to.startsWith('ada') ? refusal : null) });
    await room.enqueue();
    await room.enqueue({ recipient: 'bob@example.org' });
    await room.worker.runDue();
    expect(await room.rows()).toMatchObject([
      { state: 'pending', lastError: `EENVELOPE RCPT TO ${String(refusal.code)} ${refusal.text.slice(0, 5)}` },
      { state: 'sent' },
    ]);
    server.behave({});
    clock.advanceSeconds(seconds - 1);
    await room.worker.runDue();
    expect(server.mails).toHaveLength(1);
    clock.advanceSeconds(1);
    await room.worker.runDue();
    expect(server.mails).toHaveLength(2);
  });

  it('gives a mail up after 3 days and keeps it for admins', async () => {
    server.behave({ onRecipient: () => ({ code: 550, text: '5.1.1 Who?' }) });
    await room.enqueue();
    for (let hours = 0; hours <= 72; hours += 1) {
      await room.worker.runDue();
      if (hours < 72) expect(await room.rows()).toMatchObject([{ state: 'pending' }]);
      clock.advanceSeconds(HOUR_SECONDS);
    }
    expect(await room.rows()).toMatchObject([{ state: 'failed', lastError: 'EENVELOPE RCPT TO 550 5.1.1' }]);
    clock.advanceSeconds(DAY_SECONDS);
    await room.worker.runDue();
    expect(server.mails).toEqual([]);
  });

  it.each(['ada@example.org\r\nRCPT TO:<eve@example.org>', 'ada@example.org, eve@example.org', 'no address'])(
    'gives up at once on %j, which is no address, and goes on',
    async (recipient) => {
      await room.enqueue({ recipient });
      await room.enqueue({ recipient: 'bob@example.org' });
      await room.worker.runDue();
      expect((await room.rows()).map(({ state }) => state).sort()).toEqual(['failed', 'sent']);
      expect(server.mails.map(({ to }) => to)).toEqual([['bob@example.org']]);
    },
  );

  it.each([true, false])(
    'goes on past an address that is not ASCII (server with SMTPUTF8: %p)',
    async (hasSmtpUtf8) => {
      const other = await startSmtpServer({ hasSmtpUtf8 });
      if (!hasSmtpUtf8)
        other.behave({ onRecipient: (to) => (/[^ -~]/.test(to) ? { code: 553, text: 'ASCII' } : null) });
      const own = createMailRoom({ database: db.database, clock, transport: smtpTransport(other.url) });
      for (const recipient of ['用户@例え.jp', 'jürgen@example.org', 'ada@example.org'])
        await own.enqueue({ recipient });
      await own.worker.runDue();
      expect(other.mails.flatMap(({ to }) => to)).toContain('ada@example.org');
      expect(other.mails).toHaveLength(hasSmtpUtf8 ? 3 : 1);
      await other.stop();
    },
  );
});
