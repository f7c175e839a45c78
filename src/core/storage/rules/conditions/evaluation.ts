import { celType, isCelError, plan, type CelValue } from '@bufbuild/cel';
import type { Expression } from './expression';
import type { Values } from './values';
import { environment } from './vocabulary';

/** `open`: it hangs on what is not known yet. `failed` and `open` tell why. */
export type Evaluated =
  | { readonly outcome: 'value'; readonly value: CelValue }
  | { readonly outcome: 'failed' | 'open'; readonly reason: string };

/** An expression, planned once. */
export class Evaluation {
  private readonly run: ReturnType<typeof plan>;

  /** @param expression with nothing left to resolve */
  constructor(expression: Expression) {
    this.run = plan(environment, expression);
  }

  evaluate(values: Values): Evaluated {
    values.takeOpenRead();
    const value = this.run(values.bindings);
    if (!isCelError(value)) return { outcome: 'value', value };
    // what failed before anything open was read fails whatever that will be
    return { outcome: values.takeOpenRead() ? 'open' : 'failed', reason: value.message };
  }
}

/** `failed`: it gave no bool, or nothing at all; it denies like `false`. */
export type Outcome = 'true' | 'false' | 'failed' | 'open';

/** What an evaluated condition says. */
export function outcomeOf(evaluated: Evaluated): { readonly outcome: Outcome; readonly reason?: string } {
  if (evaluated.outcome !== 'value') return evaluated;
  const { value } = evaluated;
  if (value === true || value === false) return { outcome: value ? 'true' : 'false' };
  return { outcome: 'failed', reason: `gives ${celType(value).name}, not true or false` };
}
