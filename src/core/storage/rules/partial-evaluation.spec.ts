import fc from 'fast-check';
import { asking, object, person, ruleSaying } from '../../../../test/support/storage-questions';
import type { ComingResource, StorageAuth, StorageQuestion } from './storage-question';

/** Parts of conditions that hang on what comes, on who asks, on nothing, or that fail; some give no bool at all. */
const ATOMS = [
  ...['true', 'false', 'request.resource.size < 10', 'request.resource.size == 5', '10 / request.resource.size > 2'],
  ...['request.resource.content_type == "image/png"', 'request.resource.content_type.startsWith("image/")'],
  ...['has(request.resource.metadata.a)', 'request.resource.metadata.a == "x"', '"a" in request.resource.metadata'],
  ...['request.resource.owner == null', 'request.resource.owner == request.auth.user_id'],
  ...['request.auth != null', 'request.auth.user_id == "ann"', 'has(request.query.a)', 'request.query.a == "x"'],
  ...[
    'resource.size > 5',
    'request.resource.size > resource.size',
    'int(name) > 0',
    'size(request.resource.metadata) < 2',
  ],
  ...['[1, 5].exists(n, n == request.resource.size)', '[1, 5].all(n, n < request.resource.size || name == "a")'],
  ...['[1, 2].exists_one(n, n == request.resource.size)', 'request.query.all(k, k == request.resource.content_type)'],
  ...[
    '[name, "b"].filter(n, n == request.resource.content_type || n == "a").size() == 1',
    'request.resource.metadata.a',
  ],
  ...['request.resource.metadata.exists(k, k == "a")', '[request.resource.size, 1][1] == 1'],
];

/** A name that no macro inside has: what is around a text is longer than the text. */
function variableAround(text: string): string {
  return `v${text.length}`;
}

const { condition } = fc.letrec<{ condition: string }>((tie) => ({
  condition: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    fc.constantFrom(...ATOMS),
    fc.tuple(tie('condition'), tie('condition')).map(([one, other]) => `(${one} && ${other})`),
    fc.tuple(tie('condition'), tie('condition')).map(([one, other]) => `(${one} || ${other})`),
    tie('condition').map((one) => `!(${one})`),
    fc
      .tuple(tie('condition'), tie('condition'), tie('condition'))
      .map(([asked, yes, no]) => `(${asked} ? ${yes} : ${no})`),
    tie('condition').map((one) => `[1, 2].exists(${variableAround(one)}, ${variableAround(one)} == 2 && ${one})`),
    tie('condition').map((one) => `[1, 2].all(${variableAround(one)}, ${variableAround(one)} == 2 || ${one})`),
  ),
}));

const coming: fc.Arbitrary<Required<ComingResource>> = fc.record({
  size: fc.constantFrom(0, 1, 5, 20),
  contentType: fc.constantFrom('image/png', 'text/plain', 'a'),
  owner: fc.constantFrom(null, 'ann'),
  created: fc.constant(new Date(0)),
  updated: fc.constant(new Date(0)),
  metadata: fc.constantFrom({}, { a: 'x' }, { a: true }, { a: 1, b: 2 }),
});
const FIELDS = ['size', 'contentType', 'owner', 'created', 'updated', 'metadata'] as const;
const known = fc.subarray([...FIELDS]);
const auth = fc.constantFrom<StorageAuth | null>(null, person('ann'), person('bob'));
const query = fc.constantFrom<Record<string, string>>({}, { a: 'x' }, { b: 'y' });
const resource = fc.constantFrom(null, object({ size: 7 }));

function pick(whole: Required<ComingResource>, fields: readonly (typeof FIELDS)[number][]): ComingResource {
  return Object.fromEntries(fields.map((field) => [field, whole[field]]));
}

describe('a decision before all is known', () => {
  it('is the decision in the end, whatever comes, unless it is undecided; and in the end none is', () => {
    let sure = 0;
    let open = 0;
    fc.assert(
      fc.property(
        ...([condition, known, fc.array(coming, { minLength: 1, maxLength: 8 }), auth, query, resource] as const),
        (text, fields, completions, who, asked, stored) => {
          const rules = ruleSaying({ update: `dynamic(${text})` }, ['dynamic(x): x']);
          for (const whole of completions) {
            const question = asking({ verb: 'update', auth: who, query: asked, resource: stored });
            const early = rules.decide({ ...question, coming: pick(whole, fields) }).decision;
            const last = rules.decide({ ...question, coming: whole }).decision;
            expect(last).not.toBe('undecided');
            if (early === 'undecided') open += 1;
            else {
              sure += 1;
              expect(early).toBe(last);
            }
          }
        },
      ),
      { numRuns: 400 },
    );
    // else nothing was tried
    expect(Math.min(sure, open)).toBeGreaterThan(100);
  });

  it('is open to all only where everyone is answered so, whatever the query', () => {
    let opened = 0;
    fc.assert(
      fc.property(condition, coming, resource, (text, whole, stored) => {
        const rules = ruleSaying({ update: text });
        const ask = (more: Partial<StorageQuestion>) =>
          rules.decide(asking({ verb: 'update', resource: stored, coming: whole, ...more }));
        const questions = [null, person('ann'), person('bob')].flatMap((who) =>
          [{}, { a: 'x' }, { b: 'y' }].map((asked) => ask({ auth: who, query: asked })),
        );
        if (!questions.some(({ isOpenToAll }) => isOpenToAll)) return;
        opened += 1;
        expect(new Set(questions.map(({ decision }) => decision))).toEqual(new Set(['allow']));
      }),
      { numRuns: 300 },
    );
    expect(opened).toBeGreaterThan(15);
  });

  it.each([
    ['request.resource.size < 10', 'undecided'],
    ['request.auth != null && request.resource.size < 10', 'deny'],
    ['request.auth == null || request.resource.size < 10', 'allow'],
    ['request.resource.size < 10 || request.auth == null', 'allow'],
    ['!(request.resource.size < 10) && request.auth != null', 'deny'],
    // it has failed already, and will not be mended by what comes
    ['request.auth.user_id == "x"', 'deny'],
    ['request.auth.user_id == "x" && request.resource.size < 10', 'undecided'],
    // to have no answer yet is not to have no metadata
    ['has(request.resource.metadata.a)', 'undecided'],
    ['!has(request.resource.metadata.a)', 'undecided'],
    ['(request.auth.user_id == "x" || request.resource.size < 10) || request.auth.user_id == "y"', 'undecided'],
  ])('%s: %s', (text, decision) => {
    expect(ruleSaying({ update: text }).decide(asking({ verb: 'update' })).decision).toBe(decision);
  });
});
