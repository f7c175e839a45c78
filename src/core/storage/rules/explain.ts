import { isCelList, isCelMap, type CelValue } from '@bufbuild/cel';
import { Evaluation, outcomeOf, type Outcome } from './conditions/evaluation';
import { Expansion, type Scope } from './conditions/expansion';
import type { Expression } from './conditions/expression';
import type { FunctionTable } from './conditions/function-table';
import type { ParsedSource } from './conditions/parse-expression';
import type { Values } from './conditions/values';
import { valuesOf } from './question-values';
import type { RuleSet } from './rule-set';
import type { StorageQuestion, StorageVerdict } from './storage-question';

/** A part of a condition and what it comes to. */
export interface TracedPart {
  readonly text: string;
  readonly outcome: Outcome;
  /** Why it fails or is open, or what a comparison compares. */
  readonly detail: string | null;
  readonly parts: readonly TracedPart[];
}

/** Which rule decides a question, by which of its conditions, and what each part of that comes to. */
export interface Explanation {
  readonly verdict: StorageVerdict;
  readonly ruleLine: number | null;
  /** Null where the rule does not mention the verb. */
  readonly condition: { readonly key: string; readonly line: number; readonly trace: TracedPart } | null;
}

/** For people who write rules: slow, and not for requests. */
export function explain(rules: RuleSet, question: StorageQuestion): Explanation {
  const { tree, functions } = rules.compiled;
  const verdict = rules.decide(question);
  const match = tree.find(question.path);
  const condition = match?.value.conditions.get(question.verb);
  if (!match || !condition) return { verdict, ruleLine: match?.value.line ?? null, condition: null };
  const tracer = new Tracer(functions, valuesOf(question, match.params));
  const { key, line, source } = condition;
  const trace = tracer.trace(source, source.expression, match.value.scope);
  return { verdict, ruleLine: match.value.line, condition: { key, line, trace } };
}

class Tracer {
  constructor(
    private readonly functions: FunctionTable,
    private readonly values: Values,
  ) {}

  trace(source: ParsedSource, expression: Expression, scope: Scope): TracedPart {
    const evaluated = outcomeOf(this.evaluate(source, expression, scope));
    const parts = this.partsOf(source, expression, scope);
    const compared = parts.length === 0 ? this.comparedIn(source, expression, scope) : null;
    return { text: source.print(expression), outcome: evaluated.outcome, detail: evaluated.reason ?? compared, parts };
  }

  private partsOf(source: ParsedSource, expression: Expression, scope: Scope): TracedPart[] {
    if (expression.exprKind.case !== 'callExpr') return [];
    const call = expression.exprKind.value;
    switch (call.function) {
      case '_&&_':
      case '_||_':
        return sidesOf(expression, call.function).map((side) => this.trace(source, side, scope));
      case '!_':
      case '_?_:_':
        return call.args.slice(0, 1).map((asked) => this.trace(source, asked, scope));
    }
    const called = call.target ? undefined : this.functions.get(call.function);
    if (!called) return [];
    const given = call.args.map((argument) => new Expansion(this.functions, source).expand(scope, argument));
    const inner = new Map(called.parameters.map((name, index) => [name, given[index] as Expression]));
    return [this.trace(called.source, called.source.expression, inner)];
  }

  /** What stands on both sides of `==`, `<`, `in`. */
  private comparedIn(source: ParsedSource, { exprKind: kind }: Expression, scope: Scope): string | null {
    if (kind.case !== 'callExpr' || !/^(_[=!<>]=?_|@in)$/.test(kind.value.function)) return null;
    const sides = kind.value.args.map((side) => {
      const evaluated = this.evaluate(source, side, scope);
      return evaluated.outcome === 'value' ? show(evaluated.value) : null;
    });
    return sides.includes(null) ? null : sides.join(' and ');
  }

  private evaluate(source: ParsedSource, expression: Expression, scope: Scope) {
    const expanded = new Expansion(this.functions, source).expand(scope, expression);
    return new Evaluation(expanded).evaluate(this.values);
  }
}

/** `a || b || c` has three sides, however CEL nests them. */
function sidesOf(expression: Expression, operator: string): Expression[] {
  const { exprKind: kind } = expression;
  if (kind.case !== 'callExpr' || kind.value.function !== operator) return [expression];
  return kind.value.args.flatMap((side) => sidesOf(side, operator));
}

function show(value: CelValue): string {
  if (typeof value === 'string') return JSON.stringify(value);
  if (isCelList(value)) return `[${[...value].map(show).join(', ')}]`;
  if (isCelMap(value)) return `{${[...value].map(([key, entry]) => `${show(key)}: ${show(entry)}`).join(', ')}}`;
  // timestamps and durations say nothing of themselves
  return typeof value === 'object' && value !== null ? '…' : String(value);
}
