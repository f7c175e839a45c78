import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { explainStorage } from './storage-explain';
import { testStorage } from './storage-test';

const SHIPPED = resolve(__dirname, '../../storage.rules.yaml');

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'latchkey-rules-'))));
afterEach(() => rmSync(folder, { recursive: true }));

function put(name: string, content: unknown): string {
  const file = join(folder, name);
  writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
  return file;
}

describe('npm run storage:explain', () => {
  const user = () => put('user.json', { user_id: '1', roles: ['admin'], mfa: true });
  const explain = (...options: string[]) => explainStorage(SHIPPED, options);

  it('says which rule decides, by which condition, and what each part of it comes to', () => {
    const { output, code } = explain('--as', user(), 'GET', '/user/2/x?token=a');
    expect(code).toBe(1);
    expect(output.split('\n').map((line) => line.replace(SHIPPED, 'rules'))).toEqual([
      '/user/:userId/:fileId decides (rules:14)',
      'by its read (rules:15):',
      '  failed isOwner(userId) || validToken()  (there is no such object)',
      '    false  isOwner(userId)',
      '      false  request.auth != null && request.auth.user_id == userId',
      '        true   request.auth != null  (true and null)',
      '        false  request.auth.user_id == userId  ("1" and "2")',
      '    failed validToken()  (there is no such object)',
      '      failed has(request.query.token) && request.query.token == resource.metadata.token  (there is no such object)',
      '        true   has(request.query.token)',
      '        failed request.query.token == resource.metadata.token  (there is no such object)',
      'deny',
    ]);
  });

  it('takes who asks, the query and the object from its options', () => {
    const resource = put('resource.json', { owner: '1', metadata: { token: 'a' } });
    expect(explain('--as', user(), 'GET', '/user/1/x').code).toBe(0);
    expect(explain('GET', '/user/1/x', '--query', 'token=a', '--resource', resource).code).toBe(0);
    expect(explain('GET', '/user/1/x', '--query', 'token=b', '--resource', resource).code).toBe(1);
    expect(explain('POST', '/public/x', '--as', user()).output).toContain('by its create');
    expect(explain('POST', '/public/x', '--as', user(), '--resource', resource).output).toContain('by its update');
    expect(explain('--as', user(), '--resource', resource, 'update', '/public/x').code).toBe(0);
  });

  it('says what a decision hangs on that is not known yet', () => {
    const rules = put('r.yaml', 'paths: { /a: { create: resource.size < 5 } }');
    const asked = ['--rules', rules, 'POST', '/a'];
    expect(explain(...asked).output).toContain('open   resource.size < 5  (is not known yet)');
    expect(explain(...asked)).toMatchObject({ code: 1, output: expect.stringContaining('deny') as string });
    expect(explain(...asked, '--coming', put('c.json', { size: 4 })).code).toBe(0);
    expect(explain(...asked, '--coming', put('d.json', { size: 5 })).code).toBe(1);
  });

  it('says it where no rule matches, where a rule is silent, and of a folder', () => {
    expect(explain('GET', '/nowhere')).toEqual({ output: 'deny: no rule matches this path', code: 1 });
    const rules = put('r.yaml', 'paths: { /a/:x: { list: resource.size < 5 } }');
    expect(explain('--rules', rules, 'GET', '/a/b').output).toMatch(/does not allow get\ndeny$/);
    expect(explain('--rules', rules, 'GET', '/a/')).toMatchObject({
      code: 1,
      output: expect.stringContaining('depends') as string,
    });
    expect(explain('GET', '/public/')).toMatchObject({ code: 0 });
    expect(explain('GET', '/user/1/')).toMatchObject({ code: 1 });
    expect(explain('GET', '/none/')).toMatchObject({ code: 1, output: expect.stringContaining('no rule') as string });
  });

  it.each([
    [[]],
    [['GET']],
    [['GET', '/a', '/b']],
    [['FETCH', '/a']],
    [['__proto__', '/a']],
    [['GET', 'a']],
    [['GET', '/%ff']],
    [['--no-such-option', 'GET', '/a']],
    [['--as', '/no/such/file', 'GET', '/a']],
    [['--rules', '/no/such/file', 'GET', '/a']],
  ])('ends with 2 where it is not asked well: %j', (options) => {
    const { output, code } = explain(...options);
    expect(code).toBe(2);
    expect(output).not.toBe('');
  });

  it.each([
    [{ user: '1' }],
    [{ user_id: 1 }],
    [{ user_id: '1', roles: 'admin' }],
    [{ user_id: '1', mfa: 'true' }],
    [[]],
    ['not JSON'],
  ])('ends with 2 where --as is %j', (content) => {
    expect(explain('--as', put('bad.json', content), 'GET', '/user/1/x').code).toBe(2);
  });
});

describe('npm run storage:test', () => {
  const RULES = 'paths: { /a/:x: { read: request.auth != null, metadata: { n: request.query.n } } }';
  const test = (tests: string) => {
    const rules = put('r.yaml', RULES);
    put('r.test.yaml', tests);
    const { output, isGood } = testStorage(rules, []);
    return { isGood, output: output.replaceAll(folder, '') };
  };

  it('passes the tests of the rules that come with the service', () => {
    expect(testStorage(SHIPPED, [])).toEqual({
      isGood: true,
      output: expect.stringMatching(/^\d+ passed, 0 failed$/) as string,
    });
  });

  it('names the line of each test that fails, and what the rules say instead', () => {
    expect(
      test(`
users: { ann: { user_id: ann } }
tests:
  - { name: ann reads, as: ann, method: GET, path: /a/b, expect: allow }
  - { name: all read, method: GET, path: /a/b, expect: allow }
  - { name: nobody lists, as: ann, path: /a/, expect: deny }
  - { as: ann, verb: create, path: /a/b, query: { n: 5 }, expect: deny, metadata: { n: '5' } }
  - { name: makes none, as: ann, verb: get, path: /a/b?n=5, expect: allow, metadata: {} }
`),
    ).toEqual({
      isGood: false,
      output: [
        '/r.test.yaml:5: all read: expected allow, but the rules say deny',
        '/r.test.yaml:6: nobody lists: expected deny, but the rules say allow',
        '/r.test.yaml:8: makes none: expected metadata {}, but the formulas make {"n":"5"}',
        '2 passed, 3 failed',
      ].join('\n'),
    });
  });

  it.each([
    ['', 'must be a map'],
    ['users: {}', 'there are no tests'],
    ['tests: []', 'there are no tests'],
    ['tests: [', 'is not YAML'],
    ['tests: [{path: /a/b, verb: get}]', 'expect must be'],
    ['tests: [{path: /a/b, verb: get, expect: allowed}]', 'expect must be'],
    ['tests: [{path: /a/b, expect: deny}]', 'a method or a verb is needed'],
    ['tests: [{verb: get, expect: deny}]', 'path must be a text'],
    ['tests: [{path: a, verb: get, expect: deny}]', 'does not begin with /'],
    ['tests: [{path: /a/b, verb: get, expect: deny, as: bob}]', 'there is no user bob'],
    ['tests: [{path: /a/b, verb: get, expect: deny, resorce: {}}]', 'has no field resorce'],
    ['tests: [{path: /a/b, verb: get, expect: deny, resource: {sise: 5}}]', 'has no field sise'],
    ['tests: [{path: /a/b, verb: get, expect: deny, resource: {size: 1.5}}]', 'size must be'],
    ['tests: [{path: /a/b, verb: get, expect: deny, resource: {created: soon}}]', 'created must be'],
    ['tests: [deny]', 'a test must be a map'],
    ['users: {ann: {id: 1}}\ntests: [{path: /a/b, verb: get, expect: deny}]', 'has no field id'],
    ['test: []\ntests: [{path: /a/b, verb: get, expect: deny}]', 'test is unknown'],
  ])('fails where the file is not right: %s', (tests, reason) => {
    const { isGood, output } = test(tests);
    expect(isGood).toBe(false);
    expect(output).toContain(reason);
    expect(output).toMatch(/^\/r\.test\.yaml:\d+: /);
  });

  it('fails where there is no file of tests', () => {
    expect(testStorage(put('lonely.yaml', RULES), [])).toEqual({
      isGood: false,
      output: `${join(folder, 'lonely.test.yaml')} is not there`,
    });
  });
});
