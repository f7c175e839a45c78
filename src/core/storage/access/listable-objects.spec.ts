import { RuleSet } from '../rules/rule-set';
import { ListableObjects } from './listable-objects.service';

const rules = RuleSet.parse(
  'paths: { /a/:name: { list: request.query.all == "yes" && resource.size > 1 } }',
  'rules.yaml',
);
const AUTH = { userId: 'ada', email: null, roles: [], mfa: false };

/** How many rows of a folder without an end are looked at. */
async function lookedAt(auth: typeof AUTH | null): Promise<number> {
  let rows = 0;
  const now = new Date(0);
  const file = { path: 'a/b', folder: 'a', filename: 'b', owner: null, contentType: 'text/plain', size: 1, sha256: '' };
  const object = { ...file, metadata: { token: 't' }, createdAt: now, updatedAt: now, blobKey: 'b' };
  const folders = {
    execute: ({ limit }: { limit: number }) => {
      rows += limit;
      return Promise.resolve(Array.from({ length: limit }, () => object));
    },
  };
  const listable = new ListableObjects({ current: () => rules } as never, folders as never);
  const folder = listable.in({ path: ['a'], method: 'GET', query: { all: 'yes' }, auth });
  for await (const shown of folder.from('')) throw new Error(shown.filename);
  expect(folder.cutAfter()).toBe('b');
  expect(folder.refusalOfNone()?.code).toBe(auth === null ? 'invalid-token' : undefined);
  return rows;
}

it('who is not signed in has no more than a hundred files judged, and who is ten thousand', async () => {
  expect([await lookedAt(null), await lookedAt(AUTH)]).toEqual([100, 10_000]);
});
