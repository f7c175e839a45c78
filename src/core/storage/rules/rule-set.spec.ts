import { asking, object, person, rulesOf, ruleSaying } from '../../../../test/support/storage-questions';
import { STORAGE_VERBS } from './storage-question';

const CONTRACT_EXAMPLE = `
functions:
  isOwner(userId): request.auth != null && request.auth.user_id == userId
  validToken(): has(request.query.token) && request.query.token == resource.metadata.token
paths:
  /user/:userId/:fileId:
    read: isOwner(userId) || validToken()
    write: isOwner(userId)
    metadata:
      description: request.query.description
`;

describe('the rules that the contract prints', () => {
  const rules = rulesOf(CONTRACT_EXAMPLE);
  const path = ['user', 'ann', 'x'];
  const resource = object({ metadata: { token: 'secret' } });

  it('lets the owner do everything', () => {
    const auth = person('ann');
    for (const verb of STORAGE_VERBS) {
      expect(rules.decide(asking({ verb, path, auth, resource, coming: {} })).decision).toBe('allow');
    }
  });

  it.each([
    ['a stranger', null],
    ['another', person('bob')],
  ])('lets %s do nothing, unless with the token of the file, which only reads', (_who, auth) => {
    for (const verb of STORAGE_VERBS) {
      const ask = (query: Record<string, string>) =>
        rules.decide(asking({ verb, path, auth, resource, query })).decision;
      expect(ask({})).toBe('deny');
      expect(ask({ token: 'other' })).toBe('deny');
      expect(ask({ token: 'secret' })).toBe(verb === 'get' || verb === 'list' ? 'allow' : 'deny');
    }
  });

  it('says nothing of other paths', () => {
    for (const other of [[], ['user'], ['user', 'ann'], ['user', 'ann', 'x', 'y'], ['User', 'ann', 'x']]) {
      expect(rules.decide(asking({ path: other, auth: person('ann') }))).toMatchObject({
        isMatched: false,
        decision: 'deny',
        rule: null,
      });
    }
  });

  it('makes metadata of the query, and leaves out what is not there', () => {
    expect(rules.metadataFor(asking({ path, query: { description: 'a lake' } }))).toEqual({
      values: { description: 'a lake' },
      faults: [],
    });
    expect(rules.metadataFor(asking({ path }))).toEqual({ values: {}, faults: [] });
    expect(rules.metadataFor(asking({ path: ['elsewhere'], query: { description: 'a lake' } }))).toEqual({
      values: {},
      faults: [],
    });
  });

  it('names what the query makes that cannot be kept', () => {
    const long = 'x'.repeat(5000);
    expect(rules.metadataFor(asking({ path, query: { description: long } }))).toEqual({
      values: {},
      faults: [{ field: 'description', message: 'must have at most 4096 characters as JSON' }],
    });
  });
});

describe('the verbs of a rule', () => {
  const says = (conditions: Record<string, string>) => {
    const rules = ruleSaying(conditions);
    return STORAGE_VERBS.filter((verb) => rules.decide(asking({ verb })).decision === 'allow');
  };

  it('read is get and list, write is create, update and delete', () => {
    expect(says({ read: 'true' })).toEqual(['get', 'list']);
    expect(says({ write: 'true' })).toEqual(['create', 'update', 'delete']);
  });

  it('a single verb wins over the two, wherever it stands', () => {
    expect(says({ get: 'false', read: 'true' })).toEqual(['list']);
    expect(says({ write: 'true', delete: 'false' })).toEqual(['create', 'update']);
    expect(says({ list: 'true', read: 'false' })).toEqual(['list']);
  });

  it('what a rule does not mention it does not allow', () => {
    expect(says({ get: 'true' })).toEqual(['get']);
  });
});

describe('a condition', () => {
  const decide = (condition: string, question: Parameters<typeof asking>[0] = {}) =>
    ruleSaying({ read: condition, create: condition, update: condition }).decide(asking(question)).decision;

  it.each([
    // it fails to evaluate
    ['request.query.absent == "x"', {}],
    ['request.auth.user_id != "nobody"', {}],
    ['!(request.auth.user_id == "ann")', {}],
    ['request.auth.roles.all(r, false)', {}],
    ['resource.size >= 0', {}],
    ['request.resource.size >= 0', { resource: object() }],
    ['1 / 0 == 1 || 1 / 0 == 0', {}],
    ['int(name) >= 0 || int(name) < 0', {}],
    ['resource.metadata.a + 1 == 2', { resource: object({ metadata: { a: 'x' } }) }],
    // it gives no bool
    ['resource.metadata.isPublic', { resource: object({ metadata: { isPublic: 'true' } }) }],
    ['resource.metadata.isPublic', { resource: object({ metadata: { isPublic: 1 } }) }],
    ['resource.metadata.isPublic', { resource: object({ metadata: { isPublic: null } }) }],
    ['true ? name : false', {}],
  ])('that comes to no bool denies: %s', (condition, question) => {
    expect(decide(condition, question)).toBe('deny');
  });

  it.each([
    ['name == "a" || request.auth.user_id == "x"', {}],
    ['request.auth.user_id == "x" || name == "a"', {}],
    ['!(request.auth.user_id == "x" && name == "b")', {}],
    ['resource.size == 10 && resource.size < 10.5 && resource.size > 9.5', { resource: object() }],
    ['resource.metadata.n == 5 && resource.metadata.n + 1 == 6', { resource: object({ metadata: { n: 5 } }) }],
    ['resource.metadata.f > 5 && resource.metadata.f < 6', { resource: object({ metadata: { f: 5.5 } }) }],
    [
      'resource.metadata.list[0] == "a" && "b" in resource.metadata.list',
      { resource: object({ metadata: { list: ['a', 'b'] } }) },
    ],
    ['resource.owner == null', { resource: object() }],
    [
      'resource.created <= resource.updated && resource.created > timestamp("2026-01-01T00:00:00Z")',
      { resource: object() },
    ],
    ['request.auth == null && resource == null && request.resource == null', {}],
    ['request.auth.email == null && !request.auth.mfa && size(request.auth.roles) == 0', { auth: person('ann') }],
    ['"admin" in request.auth.roles', { auth: person('ann', { roles: ['user', 'admin'] }) }],
    ['request.path == "/files/a" && request.method == "GET"', {}],
    ['name.matches("^[a-z]$") && !name.matches("b")', {}],
    ['request.query.exists(k, k.startsWith("x-") && request.query[k] == "1")', { query: { 'x-a': '1' } }],
  ])('may be %s', (condition, question) => {
    expect(decide(condition, question)).toBe('allow');
  });

  it('sees the coming file as resource on create, and as request.resource on update', () => {
    const coming = { size: 3 };
    const [resource, auth] = [object({ size: 7 }), null];
    expect(decide('resource.size == 3 && request.resource == null', { verb: 'create', coming, auth })).toBe('allow');
    expect(decide('resource.size == 7 && request.resource.size == 3', { verb: 'update', resource, coming })).toBe(
      'allow',
    );
    expect(decide('request.resource == null', { verb: 'get', resource, coming })).toBe('allow');
  });

  it.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty'])(
    'finds no %s that nobody has put there',
    (key) => {
      for (const owner of ['request.query', 'resource.metadata']) {
        const question = { resource: object() };
        expect(decide(`has(${owner}.${key})`, question)).toBe('deny');
        expect(decide(`${owner}["${key}"] != "x"`, question)).toBe('deny');
        expect(decide(`"${key}" in ${owner} || size(${owner}) > 0`, question)).toBe('deny');
      }
      const given = JSON.parse(`{"${key}": "1"}`) as Record<string, string>;
      expect(decide(`request.query.${key} == "1"`, { query: given })).toBe('allow');
      expect(decide(`resource.metadata.${key} == "1"`, { resource: object({ metadata: given }) })).toBe('allow');
    },
  );

  it('takes a key that is given twice for one that is not given', () => {
    const twice = { query: { token: ['good', 'bad'] } };
    expect(decide('request.query.token == "good" || request.query.token == "bad"', twice)).toBe('deny');
    expect(decide('has(request.query.token)', twice)).toBe('deny');
    expect(decide('size(request.query) == 0', twice)).toBe('allow');
  });

  it('goes through no more than a bounded number of items, which a stranger chooses', () => {
    const query = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, n) => [`k${n}`, '']));
    expect(decide('request.query.all(k, true)', { query: query(64) })).toBe('allow');
    expect(decide('request.query.all(k, true)', { query: query(65) })).toBe('deny');
  });

  it('keeps the variable of a macro apart from what a function is called with', () => {
    const rules = ruleSaying({ read: '["b"].exists(x, isAny(x))' }, ['isAny(wanted): ["a"].exists(x, x == wanted)']);
    expect(rules.decide(asking()).decision).toBe('deny');
  });

  it('takes a function for its text, with whole resources as arguments too', () => {
    const functions = [
      'isSmall(file): file.size < limit(name())',
      'limit(n): n == "a" ? 100 : 5',
      'name(): request.path.endsWith("a") ? "a" : "b"',
    ];
    const rules = ruleSaying({ update: 'isSmall(resource) && isSmall(request.resource)' }, functions);
    const ask = (size: number) =>
      rules.decide(asking({ verb: 'update', resource: object(), coming: { size } })).decision;
    expect([ask(99), ask(100)]).toEqual(['allow', 'deny']);
  });
});
