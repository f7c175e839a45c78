import { createTestDatabase, type TestDatabase } from '../../../test/support/test-database';
import { eventually } from '../../../test/support/eventually';
import { Hold } from '../../../test/support/hold';
import { TestClock } from '../../../test/support/test-clock';
import { hmacSha256 } from '../../platform/crypto/digest';
import type { ServiceKeys } from '../../platform/keys/service-keys.service';
import { MailedCodes } from './mailed-codes.service';
import { Tickets } from './tickets.service';

const KEY = Buffer.alloc(32, 3);
const LIFE_SECONDS = 600;

const clock = new TestClock();
const tickets = new Tickets(clock);
const codes = new MailedCodes(clock, { key: () => KEY } as unknown as ServiceKeys);
let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

const tx = () => database.dataSource.manager;

function aTicket(): Promise<string> {
  return tickets.issue(tx(), { purpose: 'verify-email', waitSeconds: 86_400 });
}

async function draw(ticketId: string): Promise<string> {
  const code = await codes.draw(tx(), ticketId, LIFE_SECONDS);
  if (code === null) throw new Error('not drawn');
  return code;
}

async function rowOf(ticketId: string): Promise<unknown> {
  const [row] = await database.dataSource.query<unknown[]>(
    'SELECT wrong_tries, expires_at FROM mailed_codes WHERE ticket_id = $1',
    [ticketId],
  );
  return row;
}

const wrongFor = (code: string) => (code === '000000' ? '000001' : '000000');

describe('a mailed code', () => {
  it('is six digits, good once', async () => {
    const id = await aTicket();
    const code = await draw(id);
    expect(code).toMatch(/^\d{6}$/);
    expect(await codes.spend(tx(), id, code)).toBe(true);
    expect(await codes.spend(tx(), id, code)).toBe(false);
  });

  it('is good for its own ticket only', async () => {
    const [id, other] = [await aTicket(), await aTicket()];
    const code = await draw(id);
    await draw(other);
    expect(await codes.spend(tx(), other, code)).toBe(false);
    expect(await codes.spend(tx(), id, code)).toBe(true);
  });

  it('dies at the fifth wrong try', async () => {
    const id = await aTicket();
    const code = await draw(id);
    for (let wrong = 0; wrong < 5; wrong += 1) expect(await codes.spend(tx(), id, wrongFor(code))).toBe(false);
    expect(await codes.spend(tx(), id, code)).toBe(false);
  });

  it('still opens after four', async () => {
    const id = await aTicket();
    const code = await draw(id);
    for (let wrong = 0; wrong < 4; wrong += 1) await codes.spend(tx(), id, wrongFor(code));
    expect(await codes.spend(tx(), id, code)).toBe(true);
  });

  it('of 50 tries at once is judged against five, and right once', async () => {
    const id = await aTicket();
    const code = await draw(id);
    const results = await Promise.all(
      Array.from({ length: 50 }, () => database.database.transaction((each) => codes.spend(each, id, code))),
    );
    expect(results.filter(Boolean)).toHaveLength(1);
  });

  it('expires', async () => {
    const id = await aTicket();
    const code = await draw(id);
    clock.advanceSeconds(LIFE_SECONDS);
    expect(await codes.spend(tx(), id, code)).toBe(false);
  });

  it('is void once another was asked for', async () => {
    const id = await aTicket();
    const first = await draw(id);
    let second = await draw(id);
    while (second === first) second = await draw(id);
    expect(await codes.spend(tx(), id, first)).toBe(false);
    expect(await codes.spend(tx(), id, second)).toBe(true);
  });

  it('is drawn for an open ticket only, and goes with it', async () => {
    const id = await aTicket();
    const code = await draw(id);
    await tickets.void(tx(), id);
    expect(await codes.spend(tx(), id, code)).toBe(false);
    expect(await codes.draw(tx(), id, LIFE_SECONDS)).toBeNull();
  });

  it('is right no more once its ticket is spent, which has the row that a decoy has from then on', async () => {
    const [spent, decoy] = [await aTicket(), await aTicket()];
    const code = await draw(spent);
    await codes.drawDecoy(tx(), decoy, LIFE_SECONDS);
    await tickets.spend(tx(), spent);
    expect(await codes.spend(tx(), spent, code)).toBe(false);
    expect(await codes.spend(tx(), decoy, code)).toBe(false);
    expect(await rowOf(spent)).toEqual(await rowOf(decoy));
    clock.advanceSeconds(1);
    expect(await codes.draw(tx(), spent, LIFE_SECONDS)).toBeNull();
    expect(await codes.drawDecoy(tx(), spent, LIFE_SECONDS)).toBe(false);
    expect(await codes.drawDecoy(tx(), decoy, LIFE_SECONDS)).toBe(true);
    expect(await rowOf(spent)).toEqual(await rowOf(decoy));
  });

  it('is not drawn for a ticket that somebody voids meanwhile', async () => {
    const id = await aTicket();
    const voiding = new Hold();
    const voided = database.database.transaction(async (each) => {
      await tickets.spend(each, id);
      await voiding.wait();
    });
    await voiding.reached;
    const drawn = database.database.transaction((each) => codes.draw(each, id, LIFE_SECONDS));
    await eventually(async () => {
      const waiting = await database.dataSource.query<unknown[]>(
        `SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
      );
      expect(waiting).toHaveLength(1);
    });
    voiding.release();
    await voided;
    expect(await drawn).toBeNull();
  });

  it('is stored under a key, with its ticket', async () => {
    const id = await aTicket();
    const code = await draw(id);
    const [row] = await database.dataSource.query<{ digest: Buffer }[]>(
      'SELECT digest FROM mailed_codes WHERE ticket_id = $1',
      [id],
    );
    expect(row?.digest).toEqual(hmacSha256(KEY, `${id}/${code}`));
  });
});
