import { isDeepStrictEqual } from 'node:util';
import { isMap, isSeq, type Node } from 'yaml';
import type { MadeMetadata, RuleSet } from '../../core/storage/rules/rule-set';
import type { StorageAuth, StorageQuestion } from '../../core/storage/rules/storage-question';
import { YamlSource, type FileFault } from '../../core/storage/rules/yaml-source';
import {
  fieldsOf,
  QuestionInputError,
  questionOf,
  readAuth,
  readPath,
  readQuery,
  readResource,
  verbAndMethodOf,
} from './question-input';

export interface RuleTestResult {
  readonly passed: number;
  /** Tests that failed, and what is wrong with the file itself. */
  readonly failures: readonly FileFault[];
}

type Users = ReadonlyMap<string, StorageAuth | null>;

const TEST_FIELDS = ['name', 'as', 'method', 'verb', 'path', 'query', 'resource', 'coming', 'expect', 'metadata'];
/** `each`: of a folder, where it hangs on the file. */
const EXPECTED: readonly unknown[] = ['allow', 'deny', 'each'];

/** Runs a file of rule tests. A file without tests proves nothing, and fails. */
export function runRuleTests(rules: RuleSet, text: string): RuleTestResult {
  const yaml = new YamlSource(text);
  if (yaml.faults.length > 0) return { passed: 0, failures: yaml.faults };
  const sections = sectionsOf(yaml);
  const users = readUsers(yaml, sections.get('users') ?? null);
  const tests = sections.get('tests') ?? null;
  const items = isSeq(tests) ? (tests.items as Node[]) : [];
  if (items.length === 0) yaml.report(tests, 'there are no tests');
  const isRight = (item: Node): boolean => {
    const failure = attempt(() => runTest(rules, users, item));
    if (failure !== null) yaml.report(item, failure);
    return failure === null;
  };
  return { passed: items.filter(isRight).length, failures: yaml.faults };
}

function sectionsOf(yaml: YamlSource): Map<string, Node | null> {
  const entries = yaml.entriesOf(yaml.contents, 'a file of rule tests');
  for (const { key, line } of entries) {
    if (key === 'users' || key === 'tests') continue;
    yaml.faults.push({ line, reason: `${key} is unknown: users and tests are possible` });
  }
  return new Map(entries.map(({ key, value }) => [key, value]));
}

function readUsers(yaml: YamlSource, node: Node | null): Users {
  const users = new Map<string, StorageAuth | null>();
  if (!isMap(node)) return users;
  for (const { key, value } of yaml.entriesOf(node, 'users')) {
    const fault = attempt(() => {
      users.set(key, readAuth(plain(value)));
      return null;
    });
    if (fault !== null) yaml.report(value, `${key}: ${fault}`);
  }
  return users;
}

/** What went wrong, or null. */
function runTest(rules: RuleSet, users: Users, item: Node): string | null {
  const fields = fieldsOf(plain(item), 'a test', TEST_FIELDS);
  const said = typeof fields['name'] === 'string' ? fields['name'] : 'this test';
  const { expect: expected } = fields;
  if (!EXPECTED.includes(expected)) return `${said}: expect must be allow or deny (or each, for a folder)`;
  const { isFolder, question } = questionFrom(fields, users);
  const found = answerOf(rules, question, isFolder);
  if (found !== expected) return `${said}: expected ${String(expected)}, but the rules say ${found}`;
  const { metadata } = fields;
  return metadata === undefined ? null : faultOfMetadata(said, metadata, rules.metadataFor(question));
}

/** In the end, what hangs on what is not known denies. */
function answerOf(rules: RuleSet, question: StorageQuestion, isFolder: boolean): string {
  const { decision } = isFolder ? rules.decideFolder(question) : rules.decide(question);
  if (decision !== 'undecided') return decision;
  return isFolder ? 'each' : 'deny';
}

function faultOfMetadata(said: string, wanted: unknown, { values: made, faults }: MadeMetadata): string | null {
  const [fault] = faults;
  if (fault) return `${said}: what the formula of ${fault.field} makes ${fault.message}`;
  if (isDeepStrictEqual(wanted, made)) return null;
  return `${said}: expected metadata ${JSON.stringify(wanted)}, but the formulas make ${JSON.stringify(made)}`;
}

function questionFrom(fields: Readonly<Record<string, unknown>>, users: Users) {
  const { path: target, verb, method } = fields;
  if (typeof target !== 'string') throw new QuestionInputError('path must be a text');
  const { path, query, isFolder } = readPath(target);
  const resource = readResource(fields['resource']);
  const names = [verb, method].filter((name) => typeof name === 'string');
  const [name = isFolder ? 'list' : undefined] = names;
  if (name === undefined) throw new QuestionInputError('a method or a verb is needed');
  const { verb: asked, method: implied } = verbAndMethodOf(name, resource !== null);
  const question = questionOf(
    {
      verb: asked,
      method: typeof method === 'string' ? method : implied,
      path,
      query: { ...query, ...readQuery(fields['query']) },
      auth: userOf(fields['as'], users),
      resource,
    },
    fields['coming'],
  );
  return { isFolder, question };
}

function userOf(as: unknown, users: Users): StorageAuth | null {
  if (typeof as !== 'string') return readAuth(as);
  const user = users.get(as);
  if (user === undefined) throw new QuestionInputError(`there is no user ${as}`);
  return user;
}

function attempt(act: () => string | null): string | null {
  try {
    return act();
  } catch (error) {
    if (error instanceof QuestionInputError) return error.message;
    throw error;
  }
}

function plain(node: Node | null): unknown {
  return node === null ? null : (node.toJSON() as unknown);
}
