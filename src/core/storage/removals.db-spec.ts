import { StorageRoom } from '../../../test/support/storage-room';
import { manyFiles } from '../../../test/support/many-files';
import { statement, type Tx } from '../../database/database.service';
import { NOBODY } from '../../kernel/ids';

let room: StorageRoom;

beforeEach(async () => {
  room = await StorageRoom.open();
});
afterEach(() => room.close());

const database = () => room.database.database;

/** How many versions of rows `work` writes in a transaction, by table. */
async function writesOf(tx: Tx, work: () => Promise<unknown>): Promise<Record<string, number>> {
  const counts = async () => {
    const { rows } = await statement<{ table: string; count: number }>(
      tx,
      `SELECT relname AS "table", (n_tup_ins + n_tup_upd + n_tup_del)::int AS count FROM pg_stat_xact_user_tables
       WHERE relname IN ('storage_usage', 'stored_blobs')`,
    );
    return new Map(rows.map(({ table, count }) => [table, count]));
  };
  // of the transactions before this one, too, as long as the connection has not told them
  const before = await counts();
  await work();
  const after = await counts();
  return Object.fromEntries([...after].map(([table, count]) => [table, count - (before.get(table) ?? 0)]));
}

it.each([
  ['all of them', 'account', 0],
  ['all but one', 'files', 1],
])('files that go in one statement are counted off at once: %s', async (_what, which, left) => {
  const [owner, other] = [await room.anAccount(), await room.anAccount()];
  await manyFiles(database().pool, owner, 2000);
  await room.store('other', 'bytes', { creator: other });
  const before = [await room.usage(owner), await room.usage(other)];
  await database().transaction(async (tx) => {
    const writes = await writesOf(tx, () =>
      which === 'account'
        ? statement(tx, `DELETE FROM users WHERE id = $1`, [owner])
        : statement(tx, `DELETE FROM stored_objects WHERE owner_id = $1 AND filename <> 'f1'`, [owner]),
    );
    expect(writes).toEqual({ storage_usage: 1, stored_blobs: 2000 - left });
  });
  expect([await room.usage(owner), await room.usage(other)]).toEqual([(before[0]! / 2000) * left, before[1]]);
  const states = await room.blobStates();
  expect(states.filter((state) => state === 'released')).toHaveLength(2000 - left);
  expect(states.filter((state) => state === 'kept')).toHaveLength(1 + left);
  // they are his until they are gone, whether or not he is
  expect(await room.released(owner)).toBe((2000 - left) * 4096);
  expect(await room.sweepAll()).toBe(2000 - left);
  expect((await room.countsOf(owner))?.released).toBe(which === 'account' ? undefined : 0);
});

it('a statement that takes files of several owners, nobody among them, counts each off', async () => {
  const [ada, bob] = [await room.anAccount(), await room.anAccount()];
  for (const [path, creator] of [
    ['ada', ada],
    ['bob', bob],
    ['nobody', null],
  ] as const) {
    await room.store(`go/${path}`, 'bytes', { creator });
  }
  await room.store('stay', 'bytes', { creator: bob });
  const whole = await room.usage(bob);
  await statement(database().pool, `DELETE FROM stored_objects WHERE folder = 'go'`);
  const counts = () => Promise.all([ada, bob, NOBODY].map((owner) => room.countsOf(owner)));
  expect(await counts()).toEqual([0, whole / 2, 0].map((bytes) => ({ bytes, released: 4096 })));
  expect(await room.sweepAll()).toBe(3);
  expect(await counts()).toEqual([null, { bytes: whole / 2, released: 0 }, null]);
});
