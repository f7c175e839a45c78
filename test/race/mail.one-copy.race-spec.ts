import { LEASE_SECONDS } from '../../src/core/mail/mail-queue.repository';
import { fakeOnly } from '../support/fake-timers';
import { Hold } from '../support/hold';
import { createMailRoom, smtpTransport, type MailRoom } from '../support/mail-room';
import { startSmtpServer, type TestSmtpServer } from '../support/smtp-server';
import { TestClock } from '../support/test-clock';
import { createTestDatabase, type TestDatabase } from '../support/test-database';

let db: TestDatabase;
let server: TestSmtpServer;

beforeEach(async () => {
  db = await createTestDatabase();
  server = await startSmtpServer();
});

afterEach(async () => {
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

describe('a delivery that takes longer than a lease', () => {
  let clock: TestClock;
  let slow: MailRoom;
  let other: MailRoom;
  let hold: Hold;

  beforeEach(async () => {
    // only what renews leases is faked
    fakeOnly('interval');
    clock = new TestClock();
    slow = createMailRoom({ database: db.database, clock, transport: smtpTransport(server.url) });
    other = createMailRoom({ database: db.database, clock, transport: smtpTransport(server.url) });
    hold = new Hold();
    let deliveries = 0;
    server.behave({ onRecipient: () => ((deliveries += 1) === 1 ? hold.wait().then(() => null) : null) });
    await slow.enqueue();
  });

  afterEach(() => {
    hold.release();
    jest.useRealTimers();
  });

  async function renewed(): Promise<void> {
    const end = clock.now().getTime() + LEASE_SECONDS * 1000;
    jest.advanceTimersByTime((LEASE_SECONDS * 1000) / 3);
    const deadline = performance.now() + 5_000;
    while ((await slow.rows())[0]?.nextAttemptAt.getTime() !== end) {
      if (performance.now() > deadline) throw new Error('the lease was not renewed');
    }
  }

  it('stays with its worker, which renews the lease', async () => {
    const run = slow.worker.runDue();
    await hold.reached;
    for (let round = 0; round < 3; round += 1) {
      clock.advanceSeconds(LEASE_SECONDS - 1);
      await renewed();
      await other.worker.runDue();
    }
    hold.release();
    await run;
    expect(server.mails).toHaveLength(1);
    expect(other.drawn).toEqual([]);
    expect(await slow.rows()).toMatchObject([{ state: 'sent', attempts: 1 }]);
  });

  it('is given up by a worker that was away too long and finds the mail taken over', async () => {
    const run = slow.worker.runDue();
    await hold.reached;
    clock.advanceSeconds(LEASE_SECONDS);
    await other.worker.runDue();
    jest.advanceTimersByTime((LEASE_SECONDS * 1000) / 3);
    await run;
    expect(server.mails).toHaveLength(1);
    expect(await slow.rows()).toMatchObject([{ state: 'sent', attempts: 2, lastError: null }]);
  });
});
