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
    expect(ask(path)).toEqual({ isMatched: true, decision, isOpenToAll });
  });

  it('is decided for all children at once where it does not hang on them', () => {
    expect(ask(['user', 'ann'], { auth: ann })).toEqual({ isMatched: true, decision: 'allow', isOpenToAll: false });
    expect(ask(['user', 'ann'], { auth: person('bob') }).decision).toBe('undecided');
    expect(ask(['linked'], { query: { key: '' } })).toMatchObject({ decision: 'allow', isOpenToAll: false });
  });

  it.each([[[]], [['nowhere']], [['deep']], [['deep', '1']], [['open', 'a']], [['meta']]])(
    'is about no rule: %j',
    (path) => {
      expect(ask(path)).toEqual({ isMatched: false, decision: 'deny', isOpenToAll: false });
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
