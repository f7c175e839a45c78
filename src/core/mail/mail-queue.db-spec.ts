import { createMailRoom, smtpTransport, type MailRoom } from '../../../test/support/mail-room';
import { TestClock } from '../../../test/support/test-clock';
import { createTestDatabase, type TestDatabase } from '../../../test/support/test-database';
import { statement } from '../../database/database.service';
import { addSeconds, DAY_SECONDS } from '../../kernel/clock';
import type { OutboxMail } from './mail-preparers.service';
import { LEASE_SECONDS } from './mail-queue.repository';

let db: TestDatabase;
let clock: TestClock;
let room: MailRoom;

beforeAll(async () => {
  db = await createTestDatabase();
});

beforeEach(async () => {
  await statement(db.database.pool, 'TRUNCATE mail_outbox');
  clock = new TestClock();
  room = createMailRoom({ database: db.database, clock, transport: smtpTransport('smtp://127.0.0.1:9') });
});

afterAll(() => db.drop());

const claim = (): Promise<OutboxMail | null> => room.queue.claim(db.database.pool, clock.now());

async function claimed(): Promise<OutboxMail> {
  const mail = await claim();
  if (mail === null) throw new Error('nothing is due');
  return mail;
}

describe('the queue', () => {
  it('hands out a mail as it was written', async () => {
    const userId = '6f1c1f0e-0000-4000-8000-000000000001';
    await room.enqueue({ recipient: 'Ada@example.org', locale: 'de', facts: { a: 1 }, userId });
    expect(await claim()).toMatchObject({
      kind: 'secret',
      recipient: 'Ada@example.org',
      locale: 'de',
      facts: { a: 1 },
      userId,
      ticketId: null,
      attempt: 1,
      createdAt: clock.now(),
    });
  });

  it('hands out what people asked for before notices, the oldest first', async () => {
    for (const [recipient, urgency] of [
      ['notice-1@example.org', 'notice'],
      ['asked-1@example.org', 'asked'],
      ['notice-2@example.org', 'notice'],
      ['asked-2@example.org', 'asked'],
    ] as const) {
      await room.enqueue({ recipient, urgency });
      clock.advanceSeconds(1);
    }
    const order = [await claimed(), await claimed(), await claimed(), await claimed()].map(
      ({ recipient }) => recipient,
    );
    expect(order).toEqual(['asked-1', 'asked-2', 'notice-1', 'notice-2'].map((name) => `${name}@example.org`));
    expect(await claim()).toBeNull();
  });

  it('hands a mail out again once its lease has run out, unless it was renewed', async () => {
    await room.enqueue();
    const first = await claimed();
    clock.advanceSeconds(LEASE_SECONDS - 1);
    expect(await room.queue.renew(db.database.pool, first, clock.now())).toBe(true);
    clock.advanceSeconds(LEASE_SECONDS - 1);
    expect(await claim()).toBeNull();
    clock.advanceSeconds(1);
    expect(await claim()).toMatchObject({ id: first.id, attempt: 2 });
  });

  it('lets nobody change a mail that was taken over', async () => {
    await room.enqueue();
    const first = await claimed();
    clock.advanceSeconds(LEASE_SECONDS);
    const second = await claimed();
    const { pool } = db.database;
    expect(await room.queue.renew(pool, first, clock.now())).toBe(false);
    expect(await room.queue.postpone(pool, first, clock.now(), 'x')).toBe(false);
    expect(await room.queue.finish(pool, first, 'failed', clock.now())).toBe(false);
    expect(await room.queue.finish(pool, second, 'sent', clock.now())).toBe(true);
    expect(await room.queue.finish(pool, second, 'failed', clock.now())).toBe(false);
  });

  it('does not bring forward by a late renewal what was put off', async () => {
    await room.enqueue();
    const mail = await claimed();
    const later = addSeconds(clock.now(), 3600);
    await room.queue.postpone(db.database.pool, mail, later, 'x');
    await room.queue.renew(db.database.pool, mail, clock.now());
    expect(await room.rows()).toMatchObject([{ nextAttemptAt: later }]);
  });

  it('hands out each of many mails once to many takers', async () => {
    for (let index = 0; index < 30; index += 1) await room.enqueue({ recipient: `user-${String(index)}@example.org` });
    const takers = Array.from({ length: 8 }, async () => {
      const ids: string[] = [];
      for (let mail = await claim(); mail !== null; mail = await claim()) ids.push(mail.id);
      return ids;
    });
    const ids = (await Promise.all(takers)).flat();
    expect(ids).toHaveLength(30);
    expect(new Set(ids).size).toBe(30);
  });

  it('forgets sent and dropped mails after 2 days, failed ones after 30, waiting ones never', async () => {
    for (const state of ['sent', 'dropped', 'failed', 'pending'] as const) {
      await room.enqueue({ kind: state });
      const mail = await claimed();
      if (state !== 'pending') await room.queue.finish(db.database.pool, mail, state, clock.now());
    }
    const left = async (): Promise<string[]> => {
      await room.queue.purge(db.database.pool, clock.now());
      return (await room.rows()).map(({ state }) => state).sort();
    };
    clock.advanceSeconds(2 * DAY_SECONDS);
    expect(await left()).toEqual(['dropped', 'failed', 'pending', 'sent']);
    clock.advanceSeconds(1);
    expect(await left()).toEqual(['failed', 'pending']);
    clock.advanceSeconds(28 * DAY_SECONDS);
    expect(await left()).toEqual(['pending']);
  });
});
