import type { FieldFault } from '../../../kernel/errors/app-error';
import { compileRules, type CompiledCondition, type CompiledRule, type CompiledRules } from './compile-rules';
import { outcomeOf, type Evaluation, type Outcome } from './conditions/evaluation';
import type { Values } from './conditions/values';
import { metadataValueOf } from './metadata-value';
import type { PathMatch } from './path-tree';
import { forAnyone, valuesForAnyone, valuesOf, valuesOfChildren, valuesOfRequest } from './question-values';
import { readTextFile } from './read-text-file';
import { readRulesDocument } from './rules-document';
import type {
  FolderQuestion,
  ListVerdict,
  StorageDecision,
  StorageQuestion,
  StorageRequest,
  StorageVerb,
  StorageVerdict,
} from './storage-question';
import { StorageRulesError } from './storage-rules.error';

const DECISIONS: Readonly<Record<Outcome, StorageDecision>> = {
  true: 'allow',
  false: 'deny',
  failed: 'deny',
  open: 'undecided',
};

/** What formulas of metadata make of a request. */
export interface MadeMetadata {
  readonly values: Readonly<Record<string, unknown>>;
  /** Those that gave what cannot be kept. */
  readonly faults: readonly FieldFault[];
}

/** The rules of one file, compiled. Never changes: a request that began with it may go on with it. */
export class RuleSet {
  private constructor(readonly compiled: CompiledRules) {}

  /** @throws StorageRulesError naming every fault at once */
  static read(path: string): RuleSet {
    const file = readTextFile(path);
    if ('fault' in file) throw StorageRulesError.of(path, [{ line: null, reason: file.fault }]);
    return RuleSet.parse(file.text, path);
  }

  /** @throws StorageRulesError naming every fault at once, under the name given */
  static parse(text: string, name: string): RuleSet {
    const compiled = compileRules(readRulesDocument(text));
    if (compiled.faults.length > 0) throw StorageRulesError.of(name, compiled.faults);
    return new RuleSet(compiled);
  }

  /**
   * What the most specific rule that matches says. Asked before all is known (the size of a coming file, say), `allow`
   * and `deny` are already sure; in the end, with all known, `undecided` means deny.
   */
  decide(question: StorageQuestion): StorageVerdict {
    const match = this.compiled.tree.find(question.path);
    if (!match) return { isMatched: false, decision: 'deny', isOpenToAll: false, accept: [], rule: null };
    const { conditions, accept, pattern } = match.value;
    const condition = conditions.get(question.verb);
    const decision = decisionOf(condition, valuesOf(question, match.params));
    const isOpenToAll =
      decision === 'allow' && decisionOf(condition, valuesForAnyone(question, match.params)) === 'allow';
    return { isMatched: true, decision, isOpenToAll, accept, rule: pattern };
  }

  /**
   * Whether every child of a folder may be listed (or read: `get`), or none, whatever it is called and holds; otherwise
   * (`undecided`) each has to be asked for.
   */
  decideFolder(question: FolderQuestion, verb: 'list' | 'get' = 'list'): ListVerdict {
    const matches = this.compiled.tree.findChildren(question.path);
    const decisions = new Set(
      matches.map((match) => decisionOf(conditionOf(match, verb), childrenOf(match, question))),
    );
    const [only = 'deny', ...others] = decisions;
    const decision = others.length > 0 ? 'undecided' : only;
    const isOpenToAll =
      decision === 'allow' &&
      matches.every(
        (match) => decisionOf(conditionOf(match, verb), forAnyone(childrenOf(match, question))) === 'allow',
      );
    const isByToken =
      decision === 'undecided' && matches.every((match) => otherTokensOf(match, question, verb) === 'deny');
    return { isMatched: matches.length > 0, decision, isOpenToAll, isByToken };
  }

  /** The metadata that the matching rule's formulas make of this request; what cannot be evaluated is left out. */
  metadataFor(request: StorageRequest): MadeMetadata {
    const match = this.compiled.tree.find(request.path);
    if (!match) return { values: {}, faults: [] };
    const given = valuesOfRequest(request, match.params);
    const made: [string, unknown][] = [];
    const faults: FieldFault[] = [];
    for (const [field, formula] of match.value.formulas) {
      const evaluated = formula.evaluate(given);
      if (evaluated.outcome !== 'value') continue;
      const value = metadataValueOf(evaluated.value);
      if ('fault' in value) faults.push({ field, message: value.fault });
      else made.push([field, value.value]);
    }
    return { values: Object.fromEntries(made), faults };
  }
}

function decisionOf(condition: CompiledCondition | undefined, values: Values): StorageDecision {
  // what a rule does not mention it does not allow
  return condition ? decisionBy(condition.evaluation, values) : 'deny';
}

function decisionBy(evaluation: Evaluation, values: Values): StorageDecision {
  return DECISIONS[outcomeOf(evaluation.evaluate(values)).outcome];
}

/** What is said of all files whose token is not the one that came. */
function otherTokensOf(match: PathMatch<CompiledRule>, question: FolderQuestion, verb: StorageVerb): StorageDecision {
  const condition = conditionOf(match, verb);
  if (!condition?.ofOtherTokens || typeof question.query['token'] !== 'string')
    return decisionOf(condition, childrenOf(match, question));
  return decisionBy(condition.ofOtherTokens, childrenOf(match, question));
}

function conditionOf(match: PathMatch<CompiledRule>, verb: StorageVerb): CompiledCondition | undefined {
  return match.value.conditions.get(verb);
}

function childrenOf({ value, params }: PathMatch<CompiledRule>, question: FolderQuestion): Values {
  return valuesOfChildren(question, params, value.scope.keys());
}
