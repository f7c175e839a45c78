import { RuleSet } from './rule-set';
import type { StorageQuestion } from './storage-question';

const rules = RuleSet.parse(
  `
paths:
  /a/:name:
    get: request.auth != null || request.query.token == resource.metadata.token
    list: request.auth != null && resource.metadata.isShown == true
`,
  'rules.yaml',
);

/** Counts how often what is said about a file is gone through. */
function aQuestion(traits: Partial<StorageQuestion>): { question: StorageQuestion; reads: () => number } {
  let reads = 0;
  const metadata = new Proxy<Record<string, unknown>>(
    { token: 't', isShown: true },
    {
      ownKeys: (target) => {
        reads += 1;
        return Reflect.ownKeys(target);
      },
    },
  );
  const now = new Date(0);
  const resource = { size: 1, contentType: 'text/plain', owner: null, created: now, updated: now, metadata };
  const asked = { verb: 'get' as const, path: ['a', 'b'], method: 'GET', query: {}, auth: null };
  return { question: { ...asked, resource, ...traits }, reads: () => reads };
}

it('what is said about a file is not gone through for a condition that is decided without it', () => {
  const { question, reads } = aQuestion({ verb: 'list' });
  expect([rules.decide(question).decision, reads()]).toEqual(['deny', 0]);
});

it('nor for a token that was not sent', () => {
  const { question, reads } = aQuestion({});
  expect([rules.decide(question).decision, reads()]).toEqual(['deny', 0]);
});

it('it is where the condition asks for it', () => {
  const { question, reads } = aQuestion({ query: { token: 't' } });
  expect(rules.decide(question).decision).toBe('allow');
  expect(reads()).toBeGreaterThan(0);
});
