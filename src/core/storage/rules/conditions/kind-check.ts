import type { CelType } from '@bufbuild/cel';
import { childrenOf, nameOf, partsOf, type Call, type Comprehension, type Expression } from './expression';
import type { Fault } from './fault';
import { ANY, BOUNDED, ENTRIES, formsOf, kinds, NAMES, type Kind, type Kinds } from './vocabulary';

type Locals = ReadonlyMap<string, Kinds>;

const NUMBERS = kinds('int', 'uint', 'double');
const BOOL = kinds('bool');
const KIND_OF_TYPE: Readonly<Record<string, Kind>> = {
  null_type: 'null',
  'google.protobuf.Timestamp': 'timestamp',
  'google.protobuf.Duration': 'duration',
};

/** The operators, as people write them. */
const SPELLINGS: Readonly<Record<string, string>> = { '@in': 'in', '_[_]': '[]', '_?_:_': '?:' };

/**
 * Finds what can never be: a text compared with a number, a function of what it does not take, a condition that is no
 * bool. Each expression gets the set of kinds it may be; a fault is where none is left that fits.
 */
export class KindCheck {
  readonly faults: Fault[] = [];

  /** @param locals the kinds of names that stand for something outside the expression: params and the like */
  constructor(private readonly locals: Locals) {}

  /** What an expression, with all names resolved, may be. */
  kindsOf(expression: Expression): Kinds {
    return this.look(expression, this.locals);
  }

  private look(expression: Expression, locals: Locals): Kinds {
    const { exprKind: kind } = expression;
    switch (kind.case) {
      case 'constExpr':
        return kinds(kindOfConstant(kind.value.constantKind.case));
      case 'identExpr':
        return locals.get(kind.value.name) ?? NAMES.get(kind.value.name) ?? ANY;
      case 'selectExpr':
        return this.lookAtEntry(expression, kind.value.testOnly, locals);
      case 'callExpr':
        return this.lookAtCall(expression, kind.value, locals);
      case 'comprehensionExpr':
        return this.lookAtMacro(expression, kind.value, locals);
      default:
        for (const child of childrenOf(expression)) this.lookAtValue(child, locals);
        return kinds(kind.case === 'structExpr' ? 'map' : 'list');
    }
  }

  /** As `look`, where `request` or `resource` as a whole is no use. */
  private lookAtValue(expression: Expression, locals: Locals): Kinds {
    const found = this.look(expression, locals);
    if (found.has('struct')) this.report(expression, `${nameOf(expression) ?? 'this'} has to be followed by a field`);
    return found.has('struct') ? ANY : found;
  }

  private lookAtEntry(expression: Expression, isTest: boolean, locals: Locals): Kinds {
    const [operand] = childrenOf(expression);
    if (!operand) return ANY;
    const found = this.lookAtValue(operand, locals);
    if (!found.has('map')) this.report(expression, `${list(found)} has no fields`);
    return isTest ? BOOL : (ENTRIES.get(nameOf(operand) ?? '') ?? ANY);
  }

  private lookAtCall(expression: Expression, call: Call, locals: Locals): Kinds {
    const [first, second] = call.args;
    if ((call.function === '_==_' || call.function === '_!=_') && first && second) {
      return this.lookAtComparison(expression, [first, second], locals);
    }
    const args = call.args.map((argument) => this.lookAtValue(argument, locals));
    return this.lookAtOperator(expression, call, args) ?? this.lookAtForms(expression, call, args, locals);
  }

  /** What CEL's evaluator knows by itself; null: it is looked up among the functions. */
  private lookAtOperator(expression: Expression, call: Call, args: readonly Kinds[]): Kinds | null {
    switch (call.function) {
      case BOUNDED:
        return args[0] ?? ANY;
      case '_&&_':
      case '_||_':
        return this.lookAtLogic(call, args);
      case '@not_strictly_false':
        return BOOL;
      case '_?_:_':
        return this.lookAtChoice(expression, args);
      case '_[_]':
        return this.lookAtIndex(expression, call.args[0], args);
      default:
        return null;
    }
  }

  private lookAtLogic(call: Call, args: readonly Kinds[]): Kinds {
    for (const [index, argument] of call.args.entries()) this.expectBool(argument, args[index] ?? ANY);
    return BOOL;
  }

  private lookAtChoice(expression: Expression, [asked, yes, no]: readonly Kinds[]): Kinds {
    this.expectBool(expression, asked ?? ANY);
    return union([yes ?? ANY, no ?? ANY]);
  }

  private lookAtIndex(expression: Expression, owner: Expression | undefined, [of]: readonly Kinds[]): Kinds {
    if (of && !overlap(of, kinds('map', 'list'))) this.report(expression, `${list(of)} has no entries`);
    return (owner && ENTRIES.get(nameOf(owner) ?? '')) ?? ANY;
  }

  private lookAtComparison(expression: Expression, [left, right]: [Expression, Expression], locals: Locals): Kinds {
    const [one, other] = [this.look(left, locals), this.look(right, locals)];
    if (isNoUse(one, other) || isNoUse(other, one)) {
      this.report(expression, 'request.auth and resource as a whole can be compared with null only');
      return BOOL;
    }
    const areNumbers = overlap(one, NUMBERS) && overlap(other, NUMBERS);
    if (!areNumbers && !overlap(one, other)) {
      this.report(expression, `compares ${list(one)} with ${list(other)}, which are never equal`);
    }
    return BOOL;
  }

  private lookAtForms(expression: Expression, call: Call, args: readonly Kinds[], locals: Locals): Kinds {
    const target = call.target ? this.lookAtValue(call.target, locals) : undefined;
    const forms = formsOf(call.function).filter((form) => {
      const isMethod = form.target !== undefined;
      if (isMethod !== (target !== undefined) || form.arguments.length !== args.length) return false;
      if (form.target && target && !overlap(kindsOfType(form.target), target)) return false;
      return form.arguments.every((type, index) => overlap(kindsOfType(type), args[index] ?? ANY));
    });
    if (forms.length === 0) this.report(expression, describeMisuse(call, args, target));
    return forms.length === 0 ? ANY : union(forms.map((form) => kindsOfType(form.result)));
  }

  private lookAtMacro(expression: Expression, macro: Comprehension, locals: Locals): Kinds {
    const { iterRange, accuInit, loopStep, result } = partsOf(macro);
    const range = this.lookAtValue(iterRange, locals);
    if (!overlap(range, kinds('map', 'list')))
      this.report(expression, `there is nothing to go through in ${list(range)}`);
    const [ranged] = childrenOf(iterRange);
    const isOfText = ranged !== undefined && ENTRIES.has(nameOf(ranged) ?? '');
    const within = new Map([
      ...locals,
      [macro.iterVar, isOfText ? kinds('string') : ANY],
      [macro.accuVar, this.look(accuInit, locals)],
    ]);
    this.look(loopStep, within);
    return this.look(result, within);
  }

  private expectBool(expression: Expression, found: Kinds): void {
    if (!found.has('bool')) this.report(expression, `${list(found)} stands where true or false is needed`);
  }

  private report(expression: Expression, reason: string): void {
    this.faults.push({ offset: Number(expression.id), reason });
  }
}

function kindOfConstant(name: string | undefined): Kind {
  const kind = (name ?? '').replace(/(64)?Value$/, '') as Kind;
  return kind;
}

function kindsOfType(type: CelType): Kinds {
  if (type.name === 'dyn') return ANY;
  return kinds(KIND_OF_TYPE[type.name] ?? (type.name as Kind));
}

function describeMisuse(call: Call, args: readonly Kinds[], target: Kinds | undefined): string {
  const given = args.map(list).join(', ');
  if (/^\w+$/.test(call.function)) {
    return `${target ? `${list(target)}.` : ''}${call.function}(${given}) is not possible`;
  }
  const operator = SPELLINGS[call.function] ?? call.function.replaceAll('_', '');
  return `${operator} is not possible with ${args.map(list).join(' and ')}`;
}

function list(found: Kinds | undefined): string {
  if (found === undefined || found.size > 3) return 'a value';
  return [...found].join(' or ');
}

function overlap(one: Kinds, other: Kinds): boolean {
  return [...one].some((kind) => other.has(kind));
}

/** `request.auth` or `resource` as a whole, with anything but null; `request` is never null. */
function isNoUse(whole: Kinds, other: Kinds): boolean {
  return whole.has('struct') && !(whole.has('null') && isOnly(other, 'null'));
}

function isOnly(found: Kinds, kind: Kind): boolean {
  return found.size === 1 && found.has(kind);
}

function union(sets: readonly Kinds[]): Kinds {
  return new Set(sets.flatMap((set) => [...set]));
}
