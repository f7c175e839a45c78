import { nodesOf, type Expression } from './expression';
import type { ParsedSource } from './parse-expression';

/** A function of the rules file. It stands for its text, with what it is called with put in for its parameters. */
export interface RuleFunction {
  readonly name: string;
  readonly parameters: readonly string[];
  readonly source: ParsedSource;
}

export type FunctionTable = ReadonlyMap<string, RuleFunction>;

/** The functions of the table that an expression calls itself. */
function calledBy(expression: Expression, table: FunctionTable): Set<RuleFunction> {
  const found = new Set<RuleFunction>();
  for (const { exprKind: kind } of nodesOf(expression)) {
    if (kind.case !== 'callExpr' || kind.value.target) continue;
    const called = table.get(kind.value.function);
    if (called) found.add(called);
  }
  return found;
}

/** The functions that an expression calls, by whatever way. */
export function reachedFrom(expression: Expression, table: FunctionTable): Set<RuleFunction> {
  const reached = new Set<RuleFunction>();
  const open = [...calledBy(expression, table)];
  for (let next = open.pop(); next; next = open.pop()) {
    if (reached.has(next)) continue;
    reached.add(next);
    open.push(...calledBy(next.source.expression, table));
  }
  return reached;
}
