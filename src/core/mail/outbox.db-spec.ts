import { createMailRoom, smtpTransport, type MailRoom } from '../../../test/support/mail-room';
import { TestClock } from '../../../test/support/test-clock';
import { createTestDatabase, type TestDatabase } from '../../../test/support/test-database';
import { statement } from '../../database/database.service';
import { DAY_SECONDS, HOUR_SECONDS } from '../../kernel/clock';
import { MAILS_A_DAY, MAILS_AN_HOUR, STRANGERS_MAILS_A_DAY, STRANGERS_MAILS_AN_HOUR } from './outbox.service';

let db: TestDatabase;
let clock: TestClock;
let room: MailRoom;

beforeAll(async () => {
  db = await createTestDatabase();
});

beforeEach(async () => {
  await statement(db.database.pool, 'TRUNCATE mail_outbox');
  clock = new TestClock();
  // nothing is sent here
  room = createMailRoom({ database: db.database, clock, transport: smtpTransport('smtp://127.0.0.1:9') });
});

afterAll(() => db.drop());

async function enqueueTimes(count: number, mail: Parameters<MailRoom['enqueue']>[0] = {}): Promise<boolean[]> {
  const results: boolean[] = [];
  for (let index = 0; index < count; index += 1) results.push(await room.enqueue(mail));
  return results;
}

describe('the outbox', () => {
  it('keeps a mail with its transaction, or not at all', async () => {
    const undone = db.database.transaction(async (tx) => {
      await room.outbox.enqueue(tx, { kind: 'secret', recipient: 'ada@example.org', urgency: 'asked' });
      throw new Error('undone');
    });
    await expect(undone).rejects.toThrow('undone');
    expect(await room.rows()).toEqual([]);
    await room.enqueue();
    expect(await room.rows()).toMatchObject([{ state: 'pending', attempts: 0, nextAttemptAt: clock.now() }]);
  });

  it('takes 5 mails of a kind an hour for an address, then says so and writes nothing', async () => {
    expect(await enqueueTimes(7, { isVouched: true })).toEqual([true, true, true, true, true, false, false]);
    expect(await room.rows()).toHaveLength(MAILS_AN_HOUR);
  });

  it('takes 20 a day, however they are spread', async () => {
    let taken = 0;
    for (let hour = 0; hour < 23; hour += 1) {
      taken += (await enqueueTimes(5, { isVouched: true })).filter(Boolean).length;
      clock.advanceSeconds(HOUR_SECONDS);
    }
    expect(taken).toBe(MAILS_A_DAY);
    clock.advanceSeconds(DAY_SECONDS);
    expect(await room.enqueue()).toBe(true);
  });

  it('takes 4 of those an hour and 15 a day from strangers, and keeps the rest for the owner', async () => {
    let [taken, ofOwner] = [0, 0];
    for (let hour = 0; hour < 23; hour += 1) {
      const ofHour = (await enqueueTimes(5)).filter(Boolean).length;
      expect(ofHour).toBeLessThanOrEqual(STRANGERS_MAILS_AN_HOUR);
      taken += ofHour;
      if (hour % 5 === 0) ofOwner += (await enqueueTimes(1, { isVouched: true })).filter(Boolean).length;
      clock.advanceSeconds(HOUR_SECONDS);
    }
    expect(taken).toBe(STRANGERS_MAILS_A_DAY);
    expect(ofOwner).toBe(MAILS_A_DAY - STRANGERS_MAILS_A_DAY);
  });

  it('gives strangers nothing on top of what the owner has used up', async () => {
    await enqueueTimes(3, { isVouched: true });
    expect(await enqueueTimes(3)).toEqual([true, true, false]);
    expect(await room.enqueue({ isVouched: true })).toBe(false);
  });

  it('takes notices of security as the owner’s, whoever caused them', async () => {
    expect(await enqueueTimes(6, { urgency: 'notice' })).toEqual([true, true, true, true, true, false]);
  });

  it('opens again an hour after the first of them', async () => {
    await enqueueTimes(4);
    clock.advanceSeconds(HOUR_SECONDS - 1);
    expect(await room.enqueue()).toBe(false);
    clock.advanceSeconds(1);
    expect(await room.enqueue()).toBe(true);
  });

  it('counts each kind and each address by itself', async () => {
    await enqueueTimes(5);
    expect(await room.enqueue({ kind: 'other' })).toBe(true);
    expect(await room.enqueue({ recipient: 'bob@example.org' })).toBe(true);
  });

  it('counts spellings of one address together', async () => {
    const spellings = ['ada@example.org', 'ADA@example.org', 'Ada@Example.ORG', 'ａda@example.org', 'adA@example.org'];
    for (const recipient of spellings) expect(await room.enqueue({ recipient, isVouched: true })).toBe(true);
    expect(await room.enqueue({ recipient: 'ada@EXAMPLE.org', isVouched: true })).toBe(false);
  });

  it('counts notices and mails that had nobody to go to', async () => {
    const recipient = 'nobody@example.org';
    await enqueueTimes(5, { recipient, urgency: 'notice' });
    await room.worker.runDue();
    expect((await room.rows()).map(({ state }) => state)).toEqual(Array(5).fill('dropped'));
    expect(await room.enqueue({ recipient })).toBe(false);
  });

  it('runs the same statements whether the address is within its limits or not', async () => {
    const counts: number[] = [];
    for (let index = 0; index < 7; index += 1) {
      for (const isVouched of [false, true]) counts.push(await statementsOf(() => room.enqueue({ isVouched })));
    }
    // BEGIN, the lock, the insert, COMMIT
    expect(counts).toEqual(Array(14).fill(counts[0]));
    expect(counts[0]).toBeGreaterThanOrEqual(2);
  });

  it('takes facts and recipients that PostgreSQL could not store as they are', async () => {
    const facts = { agent: 'a\0b\ud800c', emoji: '😀', count: 1, isTrue: true, none: null };
    expect(await room.enqueue({ recipient: 'a\0da@example.org', facts })).toBe(true);
    const { rows } = await statement<{ facts: unknown }>(db.database.pool, 'SELECT facts FROM mail_outbox');
    expect(rows[0]?.facts).toEqual({ ...facts, agent: 'a\ufffdb\ufffdc' });
  });
});

/** How many statements `work` sends. */
async function statementsOf(work: () => Promise<unknown>): Promise<number> {
  const runner = db.dataSource.createQueryRunner();
  const query = jest.spyOn(Object.getPrototypeOf(runner) as typeof runner, 'query');
  try {
    await work();
    return query.mock.calls.length;
  } finally {
    query.mockRestore();
  }
}
