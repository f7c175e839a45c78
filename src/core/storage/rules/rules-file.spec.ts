import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RuleSet } from './rule-set';
import { StorageRulesError } from './storage-rules.error';

function faultsOf(act: () => unknown): readonly string[] {
  try {
    act();
    return [];
  } catch (error) {
    if (error instanceof StorageRulesError) return error.faults;
    throw error;
  }
}

const parse = (text: string) => faultsOf(() => RuleSet.parse(text, 'r.yaml'));
/** What is wrong with a file whose only condition, in line 3, is this one. */
const condition = (text: string) => parse(`paths:\n  /a/:x:\n    read: ${JSON.stringify(text)}`);

describe('a rules file', () => {
  it('is told all that is wrong with it at once, with the line', () => {
    const text = [
      'functions:',
      '  one(): two()',
      '  two(): one()',
      '  three(a): b',
      '  size(a): true',
      '  four(): three()',
      'paths:',
      '  /a/:x:',
      '    read: one()',
      '    reed: true',
      '    write: |',
      '      request.auth != null &&',
      '      nobody == x',
      '  /a/:y: { get: x == 1, metadata: { token: x, n: resource.size }, accept: [png] }',
      '  /meta/:x: { read: true }',
      'other: 1',
    ];
    expect(parse(text.join('\n'))).toEqual([
      'r.yaml:2: one() calls itself, be it through others',
      'r.yaml:3: two() calls itself, be it through others',
      'r.yaml:4: three(): there is nothing called b here',
      'r.yaml:5: size is a name of the language',
      'r.yaml:10: reed is unknown: read, write, get, list, create, update, delete, metadata and accept are possible',
      'r.yaml:13: write: there is nothing called nobody here',
      'r.yaml:14: token is set by the service itself',
      'r.yaml:14: accept takes media types such as image/* or application/pdf',
      'r.yaml:14: get: there is nothing called x here',
      'r.yaml:14: n: a formula cannot look at resource',
      'r.yaml:14: /a/:y matches the same paths as /a/:x in line 8',
      'r.yaml:15: /meta/:x: meta, o, m cannot be the first segment',
      'r.yaml:16: other is unknown: functions and paths are possible',
    ]);
  });

  it.each([
    ['', 'a rules file must be a map'],
    ['- a', 'a rules file must be a map'],
    ['functions: {}', 'there are no paths'],
    ['paths: {}', 'there are no paths'],
    ['paths: {/a: {read: true}, /a: {read: false}}', 'Map keys must be unique'],
    ['paths: {/a: {read: true, read: false}}', 'Map keys must be unique'],
    ['paths: {/a: {read: !secret x}}', 'Unresolved tag'],
    ['paths: {/a: &a {read: true}, /b: *a}', 'anchors and aliases'],
    ['paths: {/a: {<<: {read: true}}}', '<< is unknown'],
    ['paths: {1: {read: true}}', 'a key must be a text'],
    ['paths: {/a: true}', '/a must be a map'],
    ['paths: {/a: {}}', 'says for nothing'],
    ['paths: {/a: {read: }}', 'needs a condition'],
    ['paths: {/a: {read: [true]}}', 'needs a condition'],
    ['paths: {/a: {read: ""}}', 'is empty'],
    ['paths: {/a: {read: true, metadata: {constructor: "1"}}}', 'no name for metadata'],
    ['paths: {/a: {read: true, metadata: {__proto__: "1"}}}', 'no name for metadata'],
    ['paths: {/a: {read: true, accept: []}}', 'accept is empty'],
    ['paths: {/a: {read: true}}\n---\npaths: {/a: {read: true}}', 'multiple documents'],
    ['functions: {f: "true"}\npaths: {/a: {read: true}}', 'written name(parameter, parameter)'],
    ['functions: {f(a a): "true"}\npaths: {/a: {read: true}}', 'a parameter that is no name'],
    ['functions: {"f(a, a)": "true"}\npaths: {/a: {read: true}}', 'a parameter twice'],
    ['functions: {f(): "true", f( ): "true"}\npaths: {/a: {read: true}}', 'f() is there twice'],
    ['functions: {f(): f()}\npaths: {/a: {read: true}}', 'calls itself'],
    ['functions: {f(): a ||}\npaths: {/a: {read: f()}}', 'f(): is not CEL'],
    ['['.repeat(20_000), 'is not YAML'],
    ['{a: '.repeat(10_000), 'is not YAML'],
  ])('is refused: %j', (text, reason) => {
    expect(parse(text)[0]).toMatch(/^r\.yaml:\d+: /);
    expect(parse(text).join('\n')).toContain(reason);
  });

  it('may be of any length that is not absurd, and is read in no time', () => {
    const paths = Array.from({ length: 2000 }, (_, n) => `  /a${n}/:x: { read: request.auth != null && x == "${n}" }`);
    expect(parse(`paths:\n${paths.join('\n')}`)).toEqual([]);
  });
});

describe('a condition of a rules file', () => {
  it.each([
    ['nobody', 'there is nothing called nobody here'],
    ['request.nothing', 'request has no field nothing'],
    ['request.auth.name == "a"', 'request.auth has no field name'],
    ['resource.Size == 1', 'resource has no field Size'],
    ['nothing()', 'there is no function nothing()'],
    ['x.nothing()', 'there is no method nothing()'],
    ['type(x) == type(x)', 'there is no function type()'],
    ['Message{a: 1} == null', 'there is no type Message'],
    ['has(x)', 'has() takes a field'],
    ['has(request.auth.email)', 'compare request.auth.email with null'],
    ['x.exists(x, true)', 'x means something else here'],
    ['[1].exists(request, true)', 'request means something else here'],
    ['"text"', 'gives string, not true or false'],
    ['resource.size', 'gives int, not true or false'],
    ['x && true', 'string stands where true or false is needed'],
    ['resource.size ? true : false', 'int stands where true or false is needed'],
    ['!x', '! is not possible with string'],
    ['x == 1', 'compares string with int, which are never equal'],
    ['request.auth.email == 1', 'compares string or null with int'],
    ['request.auth.user_id == request.auth.mfa', 'compares string with bool'],
    ['request.auth.roles == "admin"', 'compares list with string'],
    ['resource.size < "1"', '< is not possible with int and string'],
    ['x + 1 == x', '+ is not possible with string and int'],
    ['x in x', 'in is not possible with string and string'],
    ['x.startsWith(1)', 'string.startsWith(int) is not possible'],
    ['size(1) == 1', 'size(int) is not possible'],
    ['size(x, x) == 1', 'size(string, string) is not possible'],
    ['request.auth.roles.exists(r, r == 1)', 'compares string with int'],
    ['resource.size.exists(n, true)', 'there is nothing to go through in int'],
    ['x.y == 1', 'string has no fields'],
    ['resource.size[0] == 1', 'int has no entries'],
    ['request == null', 'request.auth and resource as a whole'],
    ['resource == "x"', 'can be compared with null only'],
    ['size(resource) == 1', 'resource has to be followed by a field'],
    ['[request.auth] == []', 'request.auth has to be followed by a field'],
    ['request["auth"] == null', 'request has to be followed by a field'],
    ['x.matches(request.query.p)', 'matches() takes a pattern in quotes'],
    ['x.matches("(")', 'the pattern of matches() is wrong'],
    ['x.matches("(?=a)")', 'the pattern of matches() is wrong'],
    ['true ||', 'is not CEL'],
    ['if', 'is not CEL'],
    ['true '.repeat(1000), 'longer than 4000 characters'],
    [`${'['.repeat(300)}${']'.repeat(300)} == []`, 'nested too deeply'],
    [`size(x)${' + 1'.repeat(300)} == 1`, 'nested too deeply'],
    ['request.query.all(a, request.query.all(b, request.query.all(c, a == b || b == c)))', 'may take too long'],
  ])('is refused: %s', (text, reason) => {
    expect(condition(text).join('\n')).toContain(reason);
    expect(condition(text)[0]).toMatch(/^r\.yaml:3: read: /);
  });

  it('may not grow without bound through functions that call each other', () => {
    const grow = (body: (previous: string) => string) => {
      const functions = Array.from({ length: 40 }, (_, n) => `  f${n + 1}(a): ${body(`f${n}`)}`);
      return parse(`functions:\n  f0(a): a\n${functions.join('\n')}\npaths:\n  /a/:x: { read: f40(true) }`).join('\n');
    };
    expect(grow((f) => `${f}(a) || ${f}(a)`)).toContain('too large');
    expect(grow((f) => `${f}(a || a)`)).toContain('too large');
    expect(grow((f) => `${f}(${f}(a))`)).toContain('too large');
    expect(grow((f) => `${f}(a)`)).toBe('');
  });
});

describe('the file itself', () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'latchkey-rules-'))));
  afterEach(() => rmSync(folder, { recursive: true }));

  it.each<[string, string | Buffer | null, string]>([
    ['is not there', null, 'is not there'],
    ['is a megabyte and more', Buffer.alloc(1024 * 1024 + 1, '#'), 'is larger than'],
    ['is not UTF-8', Buffer.from([0x70, 0xff]), 'is not UTF-8'],
  ])('is refused where it %s', (_what, content, reason) => {
    const file = join(folder, 'r.yaml');
    if (content !== null) writeFileSync(file, content);
    expect(faultsOf(() => RuleSet.read(file))).toEqual([expect.stringContaining(`${file}: ${reason}`)]);
  });

  it('is refused where it is a folder', () => {
    mkdirSync(join(folder, 'r.yaml'));
    expect(faultsOf(() => RuleSet.read(join(folder, 'r.yaml')))).toEqual([expect.stringContaining('is not a file')]);
  });
});
