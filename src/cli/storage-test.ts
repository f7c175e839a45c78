import { readEnvironment } from '../config/read-environment';
import { readTextFile } from '../core/storage/rules/read-text-file';
import { RuleSet } from '../core/storage/rules/rule-set';
import { runRuleTests } from './storage/rule-tests';

const USAGE = `Usage: npm run storage:test [-- rules.yaml [tests.yaml]]

Runs the tests of a rules file, by default those of STORAGE_RULES. They stand beside it: storage.rules.test.yaml for
storage.rules.yaml. Ends with 0 where all pass, else with 1.`;

/** `npm run storage:test`: what to print, and whether all is well. */
export function testStorage(
  rulesFile: string,
  options: readonly string[],
): { readonly output: string; readonly isGood: boolean } {
  if (options.length > 2 || options.some((option) => option.startsWith('-'))) return { output: USAGE, isGood: false };
  const [file = rulesFile, testFile = file.replace(/(\.ya?ml)?$/, '.test$1')] = options;
  const tests = readTextFile(testFile);
  if ('fault' in tests) return { output: `${testFile} ${tests.fault}`, isGood: false };
  const { passed, failures } = runRuleTests(RuleSet.read(file), tests.text);
  const lines = failures.map(({ line, reason }) => `${testFile}:${line}: ${reason}`);
  lines.push(`${passed} passed, ${failures.length} failed`);
  return { output: lines.join('\n'), isGood: failures.length === 0 };
}

function main(): void {
  try {
    const { output, isGood } = testStorage(readEnvironment().storageRulesFile, process.argv.slice(2));
    process[isGood ? 'stdout' : 'stderr'].write(`${output}\n`);
    process.exitCode = isGood ? 0 : 1;
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  }
}

if (require.main === module) main();
