import { createTestDatabase, type TestDatabase } from '../../../test/support/test-database';
import { TestClock } from '../../../test/support/test-clock';
import { Tickets } from './tickets.service';

const clock = new TestClock();
const tickets = new Tickets(clock);
let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

const tx = () => database.dataSource.manager;
const DAY = 86_400;

async function issue(traits: { subject?: string; payload?: Record<string, unknown> } = {}): Promise<string> {
  return tickets.issue(tx(), { purpose: 'activate', subject: 'ida@example.com', waitSeconds: DAY, ...traits });
}

async function draw(id: string, lifeSeconds = 60): Promise<string> {
  const secret = await tickets.draw(tx(), id, lifeSeconds);
  if (secret === null) throw new Error('not drawn');
  return secret;
}

describe('a ticket', () => {
  it('is found and spent by its secret, with what it was issued for', async () => {
    const id = await issue({ payload: { email: 'Ida@example.com' } });
    const secret = await draw(id);
    const facts = { id, purpose: 'activate', subject: 'ida@example.com', payload: { email: 'Ida@example.com' } };
    expect(await tickets.peek(tx(), 'activate', secret)).toMatchObject(facts);
    expect(await tickets.claim(tx(), 'activate', secret)).toMatchObject(facts);
  });

  it('is spent once, of 20 claims at once', async () => {
    const secret = await draw(await issue());
    const claims = await Promise.all(Array.from({ length: 20 }, () => tickets.claim(tx(), 'activate', secret)));
    expect(claims.filter((claim) => claim !== null)).toHaveLength(1);
    expect(await tickets.peek(tx(), 'activate', secret)).toBeNull();
  });

  it('is not spent when the transaction that spent it does not come to its end', async () => {
    const secret = await draw(await issue());
    const failing = database.database.transaction(async (transaction) => {
      await tickets.claim(transaction, 'activate', secret);
      throw new Error('something else broke');
    });
    await expect(failing).rejects.toThrow('something else broke');
    expect(await tickets.claim(tx(), 'activate', secret)).not.toBeNull();
  });

  it('is good for its own purpose alone', async () => {
    const secret = await draw(await issue());
    for (const purpose of ['reset-password', 'verify-email'] as const) {
      expect(await tickets.peek(tx(), purpose, secret)).toBeNull();
      expect(await tickets.claim(tx(), purpose, secret)).toBeNull();
    }
    expect(await tickets.claim(tx(), 'activate', secret)).not.toBeNull();
  });

  it('is not opened by its id, nor stored with its secret', async () => {
    const id = await issue();
    const secret = await draw(id);
    expect(await tickets.peek(tx(), 'activate', id)).toBeNull();
    const rows = await database.dataSource.query('SELECT t::text, s::text FROM tickets t, ticket_secrets s');
    expect(JSON.stringify(rows)).not.toContain(secret);
  });

  it('lives from when its secret is drawn, however long its mail waited', async () => {
    const id = await issue();
    clock.advanceSeconds(DAY - 1);
    const secret = await draw(id, 60);
    clock.advanceSeconds(59);
    expect(await tickets.peek(tx(), 'activate', secret)).not.toBeNull();
    clock.advanceSeconds(1);
    expect(await tickets.peek(tx(), 'activate', secret)).toBeNull();
    expect(await tickets.claim(tx(), 'activate', secret)).toBeNull();
  });

  it('opens by either copy of its mail, and is spent for both', async () => {
    const id = await issue();
    const [first, second] = [await draw(id), await draw(id)];
    expect(await tickets.peek(tx(), 'activate', first)).not.toBeNull();
    expect(await tickets.claim(tx(), 'activate', second)).not.toBeNull();
    expect(await tickets.claim(tx(), 'activate', first)).toBeNull();
  });

  it('draws no secret once it is spent, void, or has waited too long', async () => {
    const [spent, voided, late] = [await issue(), await issue(), await issue()];
    await tickets.claim(tx(), 'activate', await draw(spent));
    await tickets.void(tx(), voided);
    clock.advanceSeconds(DAY);
    for (const id of [spent, voided, late]) expect(await tickets.draw(tx(), id, 60)).toBeNull();
  });
});

describe('wrong tries', () => {
  it('are taken by id for a ticket that was looked at already, and no more than are allowed', async () => {
    const id = await issue();
    const tries = await Promise.all(Array.from({ length: 20 }, () => tickets.reserveTryOf(tx(), id, 5)));
    expect(tries.filter(Boolean)).toHaveLength(5);
  });

  it('reserved at once are never more than are allowed', async () => {
    const secret = await draw(await issue());
    const tries = await Promise.all(Array.from({ length: 20 }, () => tickets.reserveTry(tx(), 'activate', secret, 5)));
    expect(tries.filter((ticket) => ticket !== null)).toHaveLength(5);
  });
});

describe('an address', () => {
  it.each(['activate', 'enrol'] as const)(
    'has a registration pending as long as its ticket is open: %s',
    async (purpose) => {
      const subject = `pending-${purpose}@example.com`;
      const isPending = () => tickets.isRegistrationPending(tx(), subject);
      await tickets.issue(tx(), { purpose: 'verify-email', subject, waitSeconds: DAY });
      expect(await isPending()).toBe(false);
      await tickets.issue(tx(), { purpose, subject, waitSeconds: DAY });
      expect(await isPending()).toBe(true);
      await tickets.voidBySubject(tx(), subject);
      expect(await isPending()).toBe(false);
      await tickets.issue(tx(), { purpose, subject, waitSeconds: DAY });
      clock.advanceSeconds(DAY);
      expect(await isPending()).toBe(false);
    },
  );

  it('has all its tickets voided together, and nobody else’s', async () => {
    const [mine, theirs] = [await draw(await issue({ subject: 'void@example.com' })), await draw(await issue())];
    await tickets.voidBySubject(tx(), 'void@example.com');
    expect(await tickets.peek(tx(), 'activate', mine)).toBeNull();
    expect(await tickets.peek(tx(), 'activate', theirs)).not.toBeNull();
  });

  it('has all its tickets voided but the one that is named', async () => {
    const subject = 'all-but-one@example.com';
    const [kept, other] = [await issue({ subject }), await issue({ subject })];
    const secrets = [await draw(kept), await draw(other)] as const;
    await tickets.voidBySubject(tx(), subject, kept);
    expect(await tickets.peek(tx(), 'activate', secrets[0])).not.toBeNull();
    expect(await tickets.peek(tx(), 'activate', secrets[1])).toBeNull();
  });

  it('keeps the rows of void enrolments: they open nothing, and go when they expire', async () => {
    const subject = 'void-enrolment@example.com';
    const id = await tickets.issue(tx(), { purpose: 'enrol', subject, waitSeconds: DAY });
    const secret = await draw(id);
    const isThere = async () => (await database.dataSource.query('SELECT 1 FROM tickets WHERE id = $1', [id])).length;
    clock.advanceSeconds(DAY / 2);
    await tickets.voidBySubject(tx(), subject);
    expect(await tickets.claim(tx(), 'enrol', secret)).toBeNull();
    expect(await tickets.draw(tx(), id, 60)).toBeNull();
    clock.advanceSeconds(DAY / 2);
    await tickets.purge(tx());
    expect(await isThere()).toBe(1);
    clock.advanceSeconds(1);
    await tickets.purge(tx());
    expect(await isThere()).toBe(0);
  });
});

it('what has expired goes, what was spent stays for a day, what is open stays', async () => {
  await database.dataSource.query('DELETE FROM tickets');
  const [open, spent] = [await issue(), await issue()];
  await tickets.claim(tx(), 'activate', await draw(spent));
  const left = async () => {
    await tickets.purge(tx());
    const rows = await database.dataSource.query<{ id: string }[]>('SELECT id FROM tickets ORDER BY created_at');
    return rows.map(({ id }) => id).sort();
  };
  expect(await left()).toEqual([open, spent].sort());
  await tickets.draw(tx(), open, 2 * DAY);
  clock.advanceSeconds(DAY + 1);
  expect(await left()).toEqual([open]);
  clock.advanceSeconds(DAY);
  expect(await left()).toEqual([]);
  expect(await database.dataSource.query('SELECT 1 FROM ticket_secrets')).toEqual([]);
});
