import { parse } from '@bufbuild/cel';

/** A node of CEL's syntax tree. Macros such as `exists` are comprehensions in it, `has` is a select that only tests. */
export type Expression = NonNullable<ReturnType<typeof parse>['expr']>;
type Kind = Expression['exprKind'];
type Of<C extends Kind['case']> = Extract<Kind, { case: C }>;
export type Call = Of<'callExpr'>['value'];
export type Select = Of<'selectExpr'>['value'];
export type Comprehension = Of<'comprehensionExpr'>['value'];
type Struct = Of<'structExpr'>['value'];

/** A node with another content; its id goes on saying where in the source it comes from. */
export function node(id: bigint, exprKind: Kind): Expression {
  return { $typeName: 'cel.expr.Expr', id, exprKind };
}

export function identifier(id: bigint, name: string): Expression {
  return node(id, { case: 'identExpr', value: { $typeName: 'cel.expr.Expr.Ident', name } });
}

export function functionCall(id: bigint, name: string, args: Expression[]): Expression {
  return node(id, { case: 'callExpr', value: { $typeName: 'cel.expr.Expr.Call', function: name, args } });
}

export function nameOf({ exprKind }: Expression): string | null {
  return exprKind.case === 'identExpr' ? exprKind.value.name : null;
}

/** The five parts of a comprehension; CEL's own types allow each to be missing, its parser does not. */
export function partsOf(value: Comprehension) {
  const { iterRange, accuInit, loopCondition, loopStep, result } = value;
  if (!iterRange || !accuInit || !loopCondition || !loopStep || !result)
    throw new Error('a comprehension lacks a part');
  return { iterRange, accuInit, loopCondition, loopStep, result };
}

export function childrenOf({ exprKind: kind }: Expression): Expression[] {
  switch (kind.case) {
    case 'selectExpr':
      return present([kind.value.operand]);
    case 'callExpr':
      return present([kind.value.target, ...kind.value.args]);
    case 'listExpr':
      return kind.value.elements;
    case 'structExpr':
      return kind.value.entries.flatMap((entry) => present([keyOf(entry), entry.value]));
    case 'comprehensionExpr':
      return Object.values(partsOf(kind.value));
    default:
      return [];
  }
}

/** All nodes of a tree, the root first. */
export function* nodesOf(root: Expression): Generator<Expression> {
  const open = [root];
  for (let next = open.pop(); next; next = open.pop()) {
    yield next;
    open.push(...childrenOf(next));
  }
}

/** The same node under another id, over changed children. Comprehensions bind a name and are left to the caller. */
export function rebuild(
  id: bigint,
  { exprKind: kind }: Expression,
  change: (child: Expression) => Expression,
): Expression {
  const changed = (child: Expression | undefined) => (child ? { operand: change(child) } : {});
  switch (kind.case) {
    case 'selectExpr':
      return node(id, { case: kind.case, value: { ...kind.value, ...changed(kind.value.operand) } });
    case 'callExpr': {
      const { operand: target } = { operand: undefined, ...changed(kind.value.target) };
      const value = { ...kind.value, args: kind.value.args.map(change), ...(target ? { target } : {}) };
      return node(id, { case: kind.case, value });
    }
    case 'listExpr':
      return node(id, { case: kind.case, value: { ...kind.value, elements: kind.value.elements.map(change) } });
    case 'structExpr':
      return node(id, { case: kind.case, value: { ...kind.value, entries: rebuildEntries(kind.value, change) } });
    default:
      return node(id, kind);
  }
}

function rebuildEntries({ entries }: Struct, change: (child: Expression) => Expression): Struct['entries'] {
  return entries.map((entry) => ({
    ...entry,
    ...(entry.keyKind.case === 'mapKey' ? { keyKind: { ...entry.keyKind, value: change(entry.keyKind.value) } } : {}),
    ...(entry.value ? { value: change(entry.value) } : {}),
  }));
}

function keyOf({ keyKind }: Struct['entries'][number]): Expression | undefined {
  return keyKind.case === 'mapKey' ? keyKind.value : undefined;
}

function present(nodes: readonly (Expression | undefined)[]): Expression[] {
  return nodes.filter((child) => child !== undefined);
}
