import { childrenOf, partsOf, type Expression } from './expression';
import { MOST_ITEMS } from './vocabulary';

/** Nodes to keep, and steps that an evaluation may take at most. */
interface Weight {
  readonly nodes: number;
  readonly steps: number;
  readonly depth: number;
}

const MOST_NODES = 2000;
/** Some milliseconds. One macro over a query is far below, one inside another may be too much. */
const MOST_STEPS = 100_000;
/** Evaluation is recursive. */
const MOST_DEPTH = 250;

/** Weighs a tree while it grows from its leaves, so that one that would be too large is never built or walked. */
export class Scales {
  private readonly known = new WeakMap<Expression, Weight>();

  /** Why a node, whose children have been weighed, is too much; or null. */
  faultOf(expression: Expression): string | null {
    const weight = this.weigh(expression);
    this.known.set(expression, weight);
    if (weight.depth > MOST_DEPTH)
      return `is nested too deeply with its functions put in (more than ${MOST_DEPTH} levels)`;
    if (weight.nodes > MOST_NODES) return `is too large with its functions put in (more than ${MOST_NODES} parts)`;
    if (weight.steps > MOST_STEPS) return `may take too long (macros inside macros: more than ${MOST_STEPS} steps)`;
    return null;
  }

  private weigh(expression: Expression): Weight {
    const children = childrenOf(expression);
    const nodes = 1 + sum(children.map((child) => this.of(child).nodes));
    const depth = 1 + Math.max(0, ...children.map((child) => this.of(child).depth));
    if (expression.exprKind.case !== 'comprehensionExpr') {
      return { nodes, depth, steps: 1 + sum(children.map((child) => this.of(child).steps)) };
    }
    const { iterRange, accuInit, loopCondition, loopStep, result } = partsOf(expression.exprKind.value);
    const once = sum([iterRange, accuInit, result].map((part) => this.of(part).steps));
    const each = sum([loopCondition, loopStep].map((part) => this.of(part).steps));
    return { nodes, depth, steps: 1 + once + itemsIn(iterRange) * each };
  }

  private of(expression: Expression): Weight {
    return this.known.get(expression) ?? this.weigh(expression);
  }
}

/** Of what is written out the number is known. */
function itemsIn(range: Expression): number {
  const [items] = childrenOf(range);
  return items?.exprKind.case === 'listExpr' ? childrenOf(items).length : MOST_ITEMS;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, one) => total + one, 0);
}
