import { createTestDatabase, type TestDatabase } from '../../test/support/test-database';
import { isViolationOf } from './database-errors';
import { savepoint, statement } from './database.service';

describe('the database', () => {
  let test: TestDatabase;

  beforeAll(async () => {
    test = await createTestDatabase();
    await statement(test.database.pool, 'CREATE TABLE things (name text CONSTRAINT uq_things__name UNIQUE)');
  });
  afterAll(() => test.drop());
  beforeEach(() => statement(test.database.pool, 'DELETE FROM things'));

  const names = async (): Promise<string[]> => {
    const { rows } = await statement<{ name: string }>(test.database.pool, 'SELECT name FROM things ORDER BY name');
    return rows.map(({ name }) => name);
  };

  it('tells how many rows a statement changed, and returns them as the statement names them', async () => {
    const added = await statement<{ itsName: string }>(
      test.database.pool,
      `INSERT INTO things VALUES ($1), ($2) RETURNING name AS "itsName"`,
      ['a', 'b'],
    );
    expect(added).toEqual({ rows: [{ itsName: 'a' }, { itsName: 'b' }], affected: 2 });
    await expect(statement(test.database.pool, 'DELETE FROM things')).resolves.toEqual({ rows: [], affected: 2 });
  });

  it('keeps nothing of a transaction that throws', async () => {
    const work = test.database.transaction(async (tx) => {
      await statement(tx, `INSERT INTO things VALUES ('a')`);
      throw new Error('no');
    });
    await expect(work).rejects.toThrow('no');
    await expect(names()).resolves.toEqual([]);
  });

  it('goes on after a savepoint that was undone, without its rows', async () => {
    await test.database.transaction(async (tx) => {
      await statement(tx, `INSERT INTO things VALUES ('a')`);
      const clash = savepoint(tx, () => statement(tx, `INSERT INTO things VALUES ('b'), ('a')`));
      const error: unknown = await clash.catch((reason: unknown) => reason);
      expect(isViolationOf(error, 'uq_things__name')).toBe(true);
      await statement(tx, `INSERT INTO things VALUES ('c')`);
    });
    await expect(names()).resolves.toEqual(['a', 'c']);
  });
});
