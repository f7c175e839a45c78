import { MailPreparers } from '../../src/core/mail/mail-preparers.service';
import { Tickets } from '../../src/core/ticket/tickets.service';
import { DAY_SECONDS, HOUR_SECONDS, MINUTE_SECONDS } from '../../src/kernel/clock';
import { createMailRoom, smtpTransport, type MailRoom } from '../support/mail-room';
import { startSmtpServer, type Mail, type TestSmtpServer } from '../support/smtp-server';
import { TestClock } from '../support/test-clock';
import { createTestDatabase, type TestDatabase } from '../support/test-database';

const LIFE_SECONDS = 30 * MINUTE_SECONDS;
const RECIPIENTS = Array.from({ length: 12 }, (_, index) => `user-${String(index)}@example.org`);

let db: TestDatabase;
let server: TestSmtpServer;
let clock: TestClock;
let tickets: Tickets;
let room: MailRoom;

beforeEach(async () => {
  db = await createTestDatabase();
  server = await startSmtpServer();
  clock = new TestClock();
  tickets = new Tickets(clock);
  room = createMailRoom({ database: db.database, clock, transport: smtpTransport(server.url) });
  registerTicketMails(room.preparers);
});

afterEach(async () => {
  await server.stop();
  await db.drop();
});

/** As the flows do it: the ticket with the row, its secret at hand-over. */
async function ask(recipient: string): Promise<void> {
  await db.database.transaction(async (tx) => {
    const ticketId = await tickets.issue(tx, { purpose: 'activate', subject: recipient, waitSeconds: 4 * DAY_SECONDS });
    await room.outbox.enqueue(tx, { kind: 'ticket', recipient, ticketId, urgency: 'asked' });
  });
}

function registerTicketMails(preparers: MailPreparers): void {
  preparers.register('ticket', {
    prepare: async (tx, mail) => {
      const secret = mail.ticketId === null ? null : await tickets.draw(tx, mail.ticketId, LIFE_SECONDS);
      if (secret === null) return null;
      const link = `https://id.example.org/activate?ticket=${secret}`;
      return { to: mail.recipient, locale: null, message: { template: 'activation', link, hours: 1 } };
    },
  });
}

function secretOf(mail: Mail): string {
  return new URL(mail.links[0] ?? '').searchParams.get('ticket') ?? '';
}

/** Lets the worker look once a second, as its poll does. */
async function workFor(seconds: number): Promise<void> {
  for (let second = 0; second < seconds; second += 1) {
    await room.worker.runDue();
    clock.advanceSeconds(1);
  }
}

describe.each(['refuse', '451'] as const)('while the mail server is down (%s)', (how) => {
  it('rows wait, and every mail arrives within a minute of its return, with a ticket that is live then', async () => {
    await server.pause(how);
    for (const recipient of RECIPIENTS) await ask(recipient);
    await workFor(120);
    clock.advanceSeconds(5 * HOUR_SECONDS);
    await workFor(60);
    expect(server.mails).toEqual([]);
    expect((await room.rows()).every(({ state }) => state === 'pending')).toBe(true);

    await server.resume();
    await workFor(90);
    expect(server.mails.flatMap(({ to }) => to).sort()).toEqual([...RECIPIENTS].sort());
    clock.advanceSeconds(LIFE_SECONDS - 120);
    for (const mail of server.mails) {
      const ticket = await tickets.claim(db.database.pool, 'activate', secretOf(mail));
      expect(ticket?.subject).toBe(mail.to[0]);
    }
  });

  it('it is not pestered: one mail at a time tries, and no ticket is drawn for the others', async () => {
    await server.pause(how);
    for (const recipient of RECIPIENTS) await ask(recipient);
    await workFor(600);
    const attempts = (await room.rows()).reduce((sum, row) => sum + row.attempts, 0);
    expect(attempts).toBeLessThan(40);
  });
});

describe('a worker that dies', () => {
  it('between taking a mail and sending it loses nothing: another sends it', async () => {
    await ask('ada@example.org');
    // what a process leaves behind that is killed here
    expect(await room.queue.claim(db.database.pool, clock.now())).not.toBeNull();
    await room.worker.runDue();
    expect(server.mails).toEqual([]);
    await workFor(30);
    expect(server.mails).toHaveLength(1);
    expect(await room.rows()).toMatchObject([{ state: 'sent', attempts: 2 }]);
  });
});

describe('a connection that dies between DATA and its reply', () => {
  it('brings at most a second copy, known by its Message-ID, and both copies work', async () => {
    let cuts = 1;
    server.behave({ onMail: () => (cuts-- > 0 ? 'cut' : 'take') });
    await ask('ada@example.org');
    await workFor(120);
    const [first, second, ...more] = server.mails;
    expect(more).toEqual([]);
    expect(second?.messageId).toBe(first?.messageId);
    const peeks = server.mails.map((mail) => tickets.peek(db.database.pool, 'activate', secretOf(mail)));
    expect((await Promise.all(peeks)).map((ticket) => ticket?.subject)).toEqual(['ada@example.org', 'ada@example.org']);
    expect(await room.rows()).toMatchObject([{ state: 'sent' }]);
  });

  it('holds up none of the others for long, even if it always dies on the same mail', async () => {
    server.behave({ onMail: ({ to }) => (to[0] === 'poison@example.org' ? 'cut' : 'take') });
    await ask('poison@example.org');
    clock.advanceSeconds(1);
    for (const recipient of RECIPIENTS) await ask(recipient);
    await workFor(10);
    const arrived = server.mails.flatMap(({ to }) => to).filter((to) => to !== 'poison@example.org');
    expect(arrived.sort()).toEqual([...RECIPIENTS].sort());
  });
});

describe('a database that goes away between a mail and its note', () => {
  it('does not make the worker send it again', async () => {
    await ask('ada@example.org');
    const pool = db.database.pool;
    let failures = 2;
    const finish = room.queue.finish.bind(room.queue);
    jest.spyOn(room.queue, 'finish').mockImplementation((...args) => {
      if (failures-- > 0) return Promise.reject(Object.assign(new Error('Connection terminated'), { code: '57P01' }));
      return finish(...args);
    });
    await room.worker.runDue();
    expect(await room.rows()).toMatchObject([{ state: 'sent' }]);
    clock.advanceSeconds(HOUR_SECONDS);
    expect(await room.queue.claim(pool, clock.now())).toBeNull();
    expect(server.mails).toHaveLength(1);
  });
});
