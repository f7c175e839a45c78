import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { readEnvironment } from '../config/read-environment';
import { explain, type Explanation, type TracedPart } from '../core/storage/rules/explain';
import { RuleSet } from '../core/storage/rules/rule-set';
import type { StorageQuestion } from '../core/storage/rules/storage-question';
import { questionOf, readAuth, readPath, readQuery, readResource, verbAndMethodOf } from './storage/question-input';

const USAGE = `Usage: npm run storage:explain -- [options] METHOD /path[?query]

Says which rule decides and why. METHOD is GET, HEAD, POST or DELETE, or a verb: get, list, create, update, delete.
A path with a slash at the end is a folder.

  --as user.json           who asks: {"user_id", "email", "roles", "mfa"}; without it nobody is signed in
  --query key=value        once more for each key; or in the path
  --resource object.json   the stored object: {"size", "content_type", "owner", "created", "updated", "metadata"};
                           without it there is none
  --coming object.json     the file that is uploaded, the same fields; what is not given is not known yet
  --rules file.yaml        another file than STORAGE_RULES

Ends with 0 where it is allowed, 1 where it is not, 2 where the question or the rules are wrong.`;

/** What to print, and the code to end with. */
export interface CommandResult {
  readonly output: string;
  readonly code: 0 | 1 | 2;
}

/** `npm run storage:explain`. */
export function explainStorage(rulesFile: string, options: readonly string[]): CommandResult {
  try {
    const { values, positionals } = parse(options);
    const [name, path, ...rest] = positionals;
    if (name === undefined || path === undefined || rest.length > 0) return { output: USAGE, code: 2 };
    const file = values.rules ?? rulesFile;
    const rules = RuleSet.read(file);
    const { isFolder, question } = questionFrom(name, path, values);
    return isFolder ? describeFolder(rules, question) : describe(file, question, explain(rules, question));
  } catch (error) {
    return { output: error instanceof Error ? error.message : String(error), code: 2 };
  }
}

function parse(options: readonly string[]) {
  const one = { type: 'string' } as const;
  return parseArgs({
    args: [...options],
    allowPositionals: true,
    options: { as: one, query: { type: 'string', multiple: true }, resource: one, coming: one, rules: one },
  });
}

type Options = ReturnType<typeof parse>['values'];

function questionFrom(name: string, target: string, options: Options) {
  const { path, query, isFolder } = readPath(target);
  const resource = readResource(readJson(options.resource));
  const more = readQuery(new URLSearchParams((options.query ?? []).map((pair) => splitPair(pair))));
  const question = questionOf(
    {
      ...verbAndMethodOf(name, resource !== null),
      path,
      query: { ...query, ...more },
      auth: readAuth(readJson(options.as)),
      resource,
    },
    readJson(options.coming),
  );
  return { isFolder, question };
}

function splitPair(pair: string): [string, string] {
  const [, key = pair, value = ''] = /^([^=]*)=(.*)$/s.exec(pair) ?? [];
  return [key, value];
}

function readJson(path: string | undefined): unknown {
  if (path === undefined) return undefined;
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as unknown;
  } catch (error) {
    throw new Error(`${path}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
}

function describeFolder(rules: RuleSet, question: StorageQuestion): CommandResult {
  const { isMatched, decision } = rules.decideFolder(question);
  if (!isMatched) return { output: 'deny: no rule is about what is in this folder', code: 1 };
  const meaning = { allow: 'everything in it may be listed', deny: 'nothing in it may be listed' };
  if (decision !== 'undecided')
    return { output: `${decision}: ${meaning[decision]}`, code: decision === 'allow' ? 0 : 1 };
  return { output: 'it depends: ask for each file in it, with verb list', code: 1 };
}

function describe(file: string, { verb }: StorageQuestion, explanation: Explanation): CommandResult {
  const { verdict, ruleLine, condition } = explanation;
  if (ruleLine === null) return { output: 'deny: no rule matches this path', code: 1 };
  const lines = [`${verdict.rule ?? ''} decides (${file}:${ruleLine})`];
  if (condition) lines.push(`by its ${condition.key} (${file}:${condition.line}):`, ...draw(condition.trace, 1));
  else lines.push(`and does not allow ${verb}`);
  const { decision } = verdict;
  lines.push(decision === 'undecided' ? 'deny: what it hangs on is not known' : decision);
  return { output: lines.join('\n'), code: decision === 'allow' ? 0 : 1 };
}

const MARKS = { true: 'true  ', false: 'false ', failed: 'failed', open: 'open  ' } as const;

function draw({ text, outcome, detail, parts }: TracedPart, depth: number): string[] {
  const line = `${'  '.repeat(depth)}${MARKS[outcome]} ${text}${detail === null ? '' : `  (${detail})`}`;
  return [line, ...parts.flatMap((part) => draw(part, depth + 1))];
}

function main(): void {
  let result: CommandResult;
  try {
    result = explainStorage(readEnvironment().storageRulesFile, process.argv.slice(2));
  } catch (error) {
    result = { output: error instanceof Error ? error.message : String(error), code: 2 };
  }
  process[result.code === 2 ? 'stderr' : 'stdout'].write(`${result.output}\n`);
  process.exitCode = result.code;
}

if (require.main === module) main();
