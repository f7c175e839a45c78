import { MAILS_AN_HOUR, STRANGERS_MAILS_AN_HOUR } from '../../src/core/mail/outbox.service';
import { createMailRoom, smtpTransport } from '../support/mail-room';
import { TestClock } from '../support/test-clock';
import { createTestDatabase, type TestDatabase } from '../support/test-database';

let db: TestDatabase;

beforeAll(async () => {
  db = await createTestDatabase();
});

afterAll(() => db.drop());

function room() {
  return createMailRoom({
    database: db.database,
    clock: new TestClock(),
    transport: smtpTransport('smtp://127.0.0.1:9'),
  });
}

describe('mails asked for in parallel', () => {
  it('are at most 5 for one address, whoever asks in whatever spelling', async () => {
    const processes = [room(), room()];
    const spellings = ['ada@example.org', 'ADA@example.org', 'Ada@Example.org'];
    const requests = Array.from({ length: 10 }, () =>
      processes.flatMap(({ enqueue }) => spellings.map((recipient) => enqueue({ recipient, isVouched: true }))),
    );
    const results = await Promise.all(requests.flat());
    expect(results.filter(Boolean)).toHaveLength(MAILS_AN_HOUR);
    expect(await room().rows()).toHaveLength(MAILS_AN_HOUR);
  });

  it('are at most 4 of strangers for one address, with one left for its owner', async () => {
    const processes = [room(), room()];
    const mail = { recipient: 'kim@example.org' };
    const ofStrangers = Array.from({ length: 20 }, () => processes.map(({ enqueue }) => enqueue(mail))).flat();
    const ofOwner = processes.map(({ enqueue }) => enqueue({ ...mail, isVouched: true }));
    const taken = async (results: Promise<boolean>[]) => (await Promise.all(results)).filter(Boolean).length;
    const [strangers, owner] = [await taken(ofStrangers), await taken(ofOwner)];
    expect(owner).toBeGreaterThanOrEqual(MAILS_AN_HOUR - STRANGERS_MAILS_AN_HOUR);
    expect(strangers).toBeLessThanOrEqual(STRANGERS_MAILS_AN_HOUR);
    expect(strangers + owner).toBe(MAILS_AN_HOUR);
  });

  it('are all taken when they go to different addresses, in transactions that write to two of them crosswise', async () => {
    const { outbox } = room();
    const addresses = ['bob@example.org', 'eve@example.org'];
    const pairs = Array.from({ length: 4 }, (_, index) => (index % 2 === 0 ? addresses : [...addresses].reverse()));
    const taken = await Promise.all(
      pairs.map((pair) =>
        // a deadlock between two of them is run again by the transaction
        db.database.transaction(async (tx) => {
          const results: boolean[] = [];
          for (const recipient of pair) {
            results.push(await outbox.enqueue(tx, { kind: 'secret', recipient, urgency: 'asked' }));
          }
          return results;
        }),
      ),
    );
    expect(taken.flat()).toEqual(Array(8).fill(true));
  });
});
