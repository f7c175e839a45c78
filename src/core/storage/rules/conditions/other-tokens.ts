import { node, rebuild, type Expression } from './expression';

/**
 * What an expression is of every file whose token is another than the one that came in the query: the comparison of
 * the two is false, all else is as it was. Null where it has none: then nothing follows from a token alone.
 */
export function ofOtherTokens(expression: Expression): Expression | null {
  const found: Expression[] = [];
  const change = (one: Expression): Expression => {
    if (!comparesTokens(one)) return rebuild(one.id, one, change);
    found.push(one);
    const value = { $typeName: 'cel.expr.Constant', constantKind: { case: 'boolValue', value: false } } as const;
    return node(one.id, { case: 'constExpr', value });
  };
  const changed = change(expression);
  return found.length > 0 ? changed : null;
}

function comparesTokens({ exprKind: kind }: Expression): boolean {
  if (kind.case !== 'callExpr' || kind.value.function !== '_==_') return false;
  const [given, kept, ...others] = kind.value.args.map(ownerOfToken).sort();
  return given === 'request.query' && kept === 'resource.metadata' && others.length === 0;
}

/** Whose `token` is meant. */
function ownerOfToken({ exprKind: kind }: Expression): string {
  if (kind.case !== 'selectExpr' || kind.value.testOnly || kind.value.field !== 'token') return '';
  const { operand } = kind.value;
  return operand?.exprKind.case === 'identExpr' ? operand.exprKind.value.name : '';
}
