import type { Response } from 'light-my-request';
import { statement } from '../../src/database/database.service';
import { eventually } from '../support/eventually';
import { Hold } from '../support/hold';
import { aMember, codeOf, startStorageApp, type StorageApp } from '../support/storage';

const RULES = `
paths:
  /open/:name: { read: true, write: true, metadata: { note: request.query.note } }
`;
const [CROWD, OTHER] = ['192.0.2.1', '198.51.100.1'];

let service: StorageApp;
beforeAll(async () => {
  service = await startStorageApp({ rules: RULES });
  for (const name of ['held', 'other']) await service.upload(`/storage/open/${name}`, { content: 'x' });
});
afterAll(() => service.close());

const describeFile = (name: string, remoteAddress: string, headers = {}): Promise<Response> =>
  service.inject({ method: 'POST', url: `/storage/meta/open/${name}?note=x`, remoteAddress, headers });

/** While somebody else holds a file's row, no change of it gets anywhere. */
async function whileHeld(work: () => Promise<void>): Promise<void> {
  const hold = new Hold();
  const holder = service.database.database.transaction(async (tx) => {
    await statement(tx, `SELECT 1 FROM stored_objects WHERE filename = 'held' FOR UPDATE`);
    await hold.wait();
  });
  await hold.reached;
  try {
    await work();
  } finally {
    hold.release();
    await holder;
  }
}

async function waitingForLocks(): Promise<number> {
  const { rows } = await statement<{ count: number }>(
    service.database.database.pool,
    `SELECT count(*)::int AS count FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
  );
  return rows[0]?.count ?? 0;
}

it('many writes at once from one network keep nobody else waiting, and past a bound are refused', async () => {
  const ada = await aMember(service);
  let refused = 0;
  let begun: Promise<Response>[] = [];
  await whileHeld(async () => {
    begun = Array.from({ length: 200 }, async () => {
      const answer = await describeFile('held', CROWD);
      if (answer.statusCode === 429) refused += 1;
      return answer;
    });
    await eventually(() => {
      expect(refused).toBe(200 - 128);
    });
    await eventually(async () => {
      expect(await waitingForLocks()).toBe(4);
    });
    const again = await describeFile('other', CROWD);
    expect(codeOf(again)).toEqual([429, 'too-many-requests']);
    expect(again.headers['retry-after']).toBe('1');
    expect(
      codeOf(await service.inject({ method: 'DELETE', url: '/storage/open/other', remoteAddress: CROWD })),
    ).toEqual([429, 'too-many-requests']);
    expect((await describeFile('other', OTHER)).statusCode).toBe(200);
    expect((await describeFile('other', CROWD, ada.headers)).statusCode).toBe(200);
    expect((await service.upload('/storage/open/mine', { content: 'x' }, ada.headers)).statusCode).toBe(200);
  });
  const answers = await Promise.all(begun);
  expect(answers.filter(({ statusCode }) => statusCode === 200)).toHaveLength(128);
});
