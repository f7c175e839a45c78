import {
  functionCall,
  identifier,
  nameOf,
  node,
  partsOf,
  rebuild,
  type Call,
  type Comprehension,
  type Expression,
  type Select,
} from './expression';
import type { Fault } from './fault';
import type { FunctionTable, RuleFunction } from './function-table';
import type { ParsedSource } from './parse-expression';
import { faultOfPattern } from './patterns';
import { BOUNDED, FUNCTIONS, isTaken, METHODS, NAMES } from './vocabulary';
import { Scales } from './weight';

/** What the names that are no part of the language stand for. */
export type Scope = ReadonlyMap<string, Expression>;

/** Stands where something is wrong, so that the rest can be looked at too. */
const FAULTY = '@faulty';

class TooLargeError extends Error {}

/** Functions that throw away what they are given leave no trace in the result of how long it took. */
const MOST_WORK = 20_000;

/**
 * Puts the functions into a condition and whole names (`request.auth.user_id`) for selects, until nothing is left that
 * the rules file has defined. Variables of macros get names of their own: an argument that is put inside a macro must
 * not be caught by its variable.
 */
export class Expansion {
  readonly faults: Fault[] = [];
  private readonly scales = new Scales();
  private variables = 0;
  private work = 0;

  constructor(
    private readonly functions: FunctionTable,
    private readonly source: ParsedSource,
  ) {}

  /** The expression with nothing left to resolve. Where `faults` are found it is not to be used. */
  expand(scope: Scope, expression = this.source.expression): Expression {
    try {
      return this.resolve(expression, scope, null);
    } catch (error) {
      this.faults.push({ offset: 0, reason: whyTooLarge(error) });
      return identifier(0n, FAULTY);
    }
  }

  /** @param at the offset of the call inside whose function we are; null: in the source itself */
  private resolve(expression: Expression, scope: Scope, at: number | null): Expression {
    if ((this.work += 1) > MOST_WORK) throw new TooLargeError('is too large with its functions put in');
    const offset = at ?? this.source.offsetOf(expression);
    const resolved = this.resolveKind(expression, scope, offset, at);
    const reason = this.scales.faultOf(resolved);
    if (reason !== null) throw new TooLargeError(reason);
    return resolved;
  }

  private resolveKind(expression: Expression, scope: Scope, offset: number, at: number | null): Expression {
    const { exprKind: kind } = expression;
    const inner = (child: Expression) => this.resolve(child, scope, at);
    switch (kind.case) {
      case 'identExpr':
        return this.resolveName(kind.value.name, scope, offset);
      case 'selectExpr':
        return this.resolveSelect(rebuild(BigInt(offset), expression, inner), kind.value, offset);
      case 'callExpr':
        return this.resolveCall(expression, kind.value, inner, offset);
      case 'comprehensionExpr':
        return this.resolveMacro(kind.value, scope, offset, at);
      case 'structExpr':
        if (kind.value.messageName !== '') return this.report(offset, `there is no type ${kind.value.messageName}`);
        return rebuild(BigInt(offset), expression, inner);
      default:
        return rebuild(BigInt(offset), expression, inner);
    }
  }

  private resolveName(name: string, scope: Scope, offset: number): Expression {
    const meant = scope.get(name);
    if (meant) return meant;
    // the parser's own, such as what a macro gathers in
    if (name.startsWith('@') || NAMES.has(name)) return identifier(BigInt(offset), name);
    return this.report(offset, `there is nothing called ${name} here`);
  }

  private resolveSelect(resolved: Expression, { field, testOnly }: Select, offset: number): Expression {
    const { exprKind: kind } = resolved;
    const owner = kind.case === 'selectExpr' && kind.value.operand ? nameOf(kind.value.operand) : null;
    if (owner === null || !NAMES.get(owner)?.has('struct')) return resolved;
    const whole = `${owner}.${field}`;
    if (!NAMES.has(whole)) return this.report(offset, `${owner} has no field ${field}`);
    if (testOnly) return this.report(offset, `has() is for query keys and metadata: compare ${whole} with null`);
    return identifier(BigInt(offset), whole);
  }

  private resolveCall(
    expression: Expression,
    call: Call,
    inner: (child: Expression) => Expression,
    offset: number,
  ): Expression {
    const called = call.target ? undefined : this.functions.get(call.function);
    if (called) return this.putIn(called, call.args.map(inner), offset);
    const reason = faultOfCall(call);
    if (reason !== null) return this.report(offset, reason);
    return rebuild(BigInt(offset), expression, inner);
  }

  private putIn({ name, parameters, source }: RuleFunction, args: readonly Expression[], offset: number): Expression {
    if (args.length !== parameters.length) {
      return this.report(offset, `${name}() takes ${parameters.length} arguments, not ${args.length}`);
    }
    const scope = new Map(parameters.map((parameter, index) => [parameter, args[index] as Expression]));
    return this.resolve(source.expression, scope, offset);
  }

  private resolveMacro(macro: Comprehension, scope: Scope, offset: number, at: number | null): Expression {
    const { iterRange, ...parts } = partsOf(macro);
    const { iterVar } = macro;
    if (isTaken(iterVar) || scope.has(iterVar)) return this.report(offset, `${iterVar} means something else here`);
    const variable = `@${(this.variables += 1)}`;
    const within: Scope = new Map([...scope, [iterVar, identifier(BigInt(offset), variable)]]);
    const inner = (child: Expression) => this.resolve(child, within, at);
    const range = functionCall(BigInt(offset), BOUNDED, [this.resolve(iterRange, scope, at)]);
    const value = {
      ...macro,
      iterVar: variable,
      iterRange: range,
      accuInit: inner(parts.accuInit),
      loopCondition: inner(parts.loopCondition),
      loopStep: inner(parts.loopStep),
      result: inner(parts.result),
    };
    return node(BigInt(offset), { case: 'comprehensionExpr', value });
  }

  private report(offset: number, reason: string): Expression {
    this.faults.push({ offset, reason });
    return identifier(BigInt(offset), FAULTY);
  }
}

function whyTooLarge(error: unknown): string {
  if (error instanceof TooLargeError) return error.message;
  // the stack's own bound, reached before ours
  if (error instanceof RangeError) return 'is nested too deeply with its functions put in';
  throw error;
}

function faultOfCall({ function: name, target, args }: Call): string | null {
  // operators have names that nobody can spell
  if (!/^\w+$/.test(name)) return null;
  if (name === 'has') return 'has() takes a field, such as has(request.query.token)';
  if (!target) return FUNCTIONS.has(name) ? null : `there is no function ${name}()`;
  if (!METHODS.has(name)) return `there is no method ${name}()`;
  return name === 'matches' ? faultOfMatches(args) : null;
}

function faultOfMatches([pattern]: readonly Expression[]): string | null {
  const constant = pattern?.exprKind.case === 'constExpr' ? pattern.exprKind.value.constantKind : undefined;
  // one that a stranger sends could be made to take its time, and compiling is what takes time
  if (constant?.case !== 'stringValue') return 'matches() takes a pattern in quotes';
  const fault = faultOfPattern(constant.value);
  return fault === null ? null : `the pattern of matches() is wrong: ${fault}`;
}
