import { asking, object, person, rulesOf, ruleSaying } from '../../../../test/support/storage-questions';

const ann = person('ann');

describe('a question about a folder', () => {
  const rules = rulesOf(`
paths:
  /open/:name: { list: 'true' }
  /user/:id/:file: { list: request.auth != null && request.auth.user_id == id }
  /user/:id/avatar: { list: 'true' }
  /drafts/:file: { list: resource.owner == request.auth.user_id }
  /unlisted/:file: { get: 'true' }
  /linked/:file: { list: has(request.query.key) }
  /deep/:a/:b/:c: { list: 'true' }
  /same/:file: { list: file == "a" }
  /same/a: { list: 'true' }
`);
  const ask = (path: string[], more: Parameters<typeof asking>[0] = {}) =>
    rules.decideFolder(asking({ path, ...more }));

  it.each([
    [['open'], 'allow', true],
    [['unlisted'], 'deny', false],
    [['linked'], 'deny', false],
    [['drafts'], 'undecided', false],
    [['deep', '1', '2'], 'allow', true],
    // the avatar may be listed, the rest may not
    [['user', 'ann'], 'undecided', false],
    [['same'], 'undecided', false],
  ])('%j: %s', (path, decision, isOpenToAll) => {
    expect(ask(path)).toMatchObject({ isMatched: true, decision, isOpenToAll });
  });

  it('is decided for all children at once where it does not hang on them', () => {
    expect(ask(['user', 'ann'], { auth: ann })).toMatchObject({
      isMatched: true,
      decision: 'allow',
      isOpenToAll: false,
    });
    expect(ask(['user', 'ann'], { auth: person('bob') }).decision).toBe('undecided');
    expect(ask(['linked'], { query: { key: '' } })).toMatchObject({ decision: 'allow', isOpenToAll: false });
  });

  it.each([[[]], [['nowhere']], [['deep']], [['deep', '1']], [['open', 'a']], [['meta']]])(
    'is about no rule: %j',
    (path) => {
      expect(ask(path)).toEqual({ isMatched: false, decision: 'deny', isOpenToAll: false, isByToken: false });
    },
  );

  it('knows the path of the folder, not of its children', () => {
    const says = (list: string) => ruleSaying({ list }).decideFolder(asking({ path: ['files'] })).decision;
    expect(says('request.path == "/files"')).toBe('undecided');
    expect(says('request.path.startsWith("/files/")')).toBe('undecided');
    expect(says('resource == null')).toBe('deny');
    expect(says('resource.size > 0')).toBe('undecided');
  });
});

describe('a folder whose files are shared by token', () => {
  const MATCHES = 'request.query.token == resource.metadata.token';
  const isByToken = (list: string, query: Record<string, string> = { token: 't' }) =>
    ruleSaying({ list }).decideFolder(asking({ path: ['files'], query })).isByToken;

  it.each([
    [MATCHES, true],
    ['resource.metadata.token == request.query.token', true],
    [`has(request.query.token) && ${MATCHES}`, true],
    [`request.auth != null || ${MATCHES}`, true],
    [`${MATCHES} && resource.size < 5`, true],
    [`request.query.token == "t" ? ${MATCHES} : false`, true],
    [`${MATCHES} || resource.owner == name`, false],
    [`!(${MATCHES})`, false],
    [`[1].exists(one, ${MATCHES})`, false],
    ['resource.metadata.token.startsWith(request.query.token)', false],
    ['request.query.token == resource.metadata.other', false],
    ['has(resource.metadata.token)', false],
    ['true', false],
    ['false', false],
  ])('%s: %s', (condition, expected) => {
    expect(isByToken(condition)).toBe(expected);
  });

  it('is not so without a token', () => {
    expect(isByToken(MATCHES, {})).toBe(false);
    expect(isByToken(`!has(request.query.token) && resource.size < 5 || ${MATCHES}`, {})).toBe(false);
  });

  it('is so only where it is of every rule that matches', () => {
    const both = rulesOf(`
paths:
  /a/:name: { list: ${MATCHES} }
  /a/avatar: { list: resource.size > 0 }
`);
    expect(both.decideFolder(asking({ path: ['a'], query: { token: 't' } })).isByToken).toBe(false);
  });
});

describe('open to all', () => {
  const isOpen = (get: string, more: Parameters<typeof asking>[0] = {}) =>
    ruleSaying({ get }).decide(asking({ resource: object(), ...more })).isOpenToAll;

  it.each([
    ['true', true],
    ['name == "a"', true],
    ['name == "a" || request.auth != null', true],
    ['resource.content_type == "text/plain"', true],
    ['request.auth == null', false],
    ['request.auth == null || request.auth != null', false],
    ['request.auth != null', false],
    ['!has(request.query.x)', false],
    ['false', false],
  ])('%s: %s', (condition, expected) => {
    expect(isOpen(condition)).toBe(expected);
  });

  it('is not what happens to be allowed to the one who asks', () => {
    expect(isOpen('request.auth != null', { auth: ann })).toBe(false);
  });
});
