import { Evaluation } from './conditions/evaluation';
import { Expansion, type Scope } from './conditions/expansion';
import { identifier, nameOf, nodesOf, type Expression } from './conditions/expression';
import type { Fault } from './conditions/fault';
import { reachedFrom, type FunctionTable, type RuleFunction } from './conditions/function-table';
import { KindCheck } from './conditions/kind-check';
import { ofOtherTokens } from './conditions/other-tokens';
import { parseExpression, type ParsedSource } from './conditions/parse-expression';
import { ANY, kinds, type Kinds } from './conditions/vocabulary';
import type { PatternSegment } from './path-pattern';
import { PathTree } from './path-tree';
import { nameOfParam } from './question-values';
import type { FunctionSource, RuleSource, RulesDocument } from './rules-document';
import type { StorageVerb } from './storage-question';
import type { FileFault, SourceText } from './yaml-source';

/** A condition, ready to be evaluated. */
export interface CompiledCondition {
  /** Under which of `read`, `write` and the verbs it is written. */
  readonly key: string;
  readonly line: number;
  readonly source: ParsedSource;
  readonly evaluation: Evaluation;
  /** The same for every file whose token is another than the query's; null where it does not hang on that. */
  readonly ofOtherTokens: Evaluation | null;
}

export interface CompiledRule {
  readonly pattern: string;
  readonly line: number;
  /** What the params are called in the expressions; for explanations. */
  readonly scope: Scope;
  readonly conditions: ReadonlyMap<StorageVerb, CompiledCondition>;
  readonly formulas: ReadonlyMap<string, Evaluation>;
  readonly accept: readonly string[];
}

export interface CompiledRules {
  readonly tree: PathTree<CompiledRule>;
  readonly functions: FunctionTable;
  readonly faults: readonly FileFault[];
}

/** Compiles every function, condition and formula of a rules file once. */
export function compileRules(document: RulesDocument): CompiledRules {
  return new RulesCompiler(document).compile();
}

class RulesCompiler {
  private readonly faults: FileFault[];
  private readonly functions = new Map<string, RuleFunction>();
  /** A fault in a function is told once, not again wherever it is called. */
  private readonly faulty = new Set<RuleFunction>();
  private readonly tree = new PathTree<CompiledRule>();

  constructor(private readonly document: RulesDocument) {
    this.faults = [...document.faults];
  }

  compile(): CompiledRules {
    const sources = new Map<RuleFunction, FunctionSource>();
    for (const source of this.document.functions) this.parseFunction(source, sources);
    for (const [one, { line }] of sources) {
      if (!reachedFrom(one.source.expression, this.functions).has(one)) continue;
      this.faulty.add(one);
      this.faults.push({ line, reason: `${one.name}() calls itself, be it through others` });
    }
    for (const [one, source] of sources) this.checkFunction(one, source);
    for (const rule of this.document.rules) this.compileRule(rule);
    return { tree: this.tree, functions: this.functions, faults: this.faults };
  }

  private parseFunction(source: FunctionSource, sources: Map<RuleFunction, FunctionSource>): void {
    const parsed = this.parse(source.body, `${source.name}()`);
    // one that cannot be read is known all the same, so that its callers are not told that there is none
    const unread: ParsedSource = {
      text: '',
      expression: identifier(0n, '@faulty'),
      offsetOf: () => 0,
      print: () => '',
    };
    const made = { name: source.name, parameters: source.parameters, source: parsed ?? unread };
    this.functions.set(source.name, made);
    if (parsed) sources.set(made, source);
    else this.faulty.add(made);
  }

  private checkFunction(one: RuleFunction, { body }: FunctionSource): void {
    if (this.faulty.has(one) || this.callsFaulty(one.source.expression)) return;
    const scope = new Map(one.parameters.map((name) => [name, identifier(0n, `@${name}`)]));
    const faults = this.expand(one.source, scope, ANY).faults;
    if (faults.length > 0) this.faulty.add(one);
    this.report(faults, body, `${one.name}()`);
  }

  private compileRule(rule: RuleSource): void {
    const scope = scopeOf(rule.segments);
    const conditions = new Map<StorageVerb, CompiledCondition>();
    const done = new Map<SourceText, CompiledCondition | null>();
    for (const [verb, { key, source }] of rule.conditions) {
      // read and write stand for several verbs, and their faults are told once
      const compiled = done.has(source) ? done.get(source) : this.compileCondition(key, source, scope);
      done.set(source, compiled ?? null);
      if (compiled) conditions.set(verb, compiled);
    }
    const formulas = new Map<string, Evaluation>();
    for (const [key, source] of rule.formulas) {
      const compiled = this.compileFormula(key, source, scope);
      if (compiled) formulas.set(key, compiled);
    }
    const { pattern, line, accept } = rule;
    const other = this.tree.add(rule.segments, { pattern, line, scope, conditions, formulas, accept });
    if (other)
      this.faults.push({ line, reason: `${pattern} matches the same paths as ${other.pattern} in line ${other.line}` });
  }

  private compileCondition(key: string, source: SourceText, scope: Scope): CompiledCondition | null {
    const parsed = this.parse(source, key);
    if (!parsed || this.callsFaulty(parsed.expression)) return null;
    const { expression, faults, may } = this.expand(parsed, scope, kinds('string'));
    if (faults.length === 0 && !may.has('bool')) {
      faults.push({ offset: 0, reason: `gives ${[...may].join(' or ')}, not true or false` });
    }
    this.report(faults, source, key);
    if (faults.length > 0) return null;
    const others = ofOtherTokens(expression);
    return {
      key,
      line: source.lineOf(0),
      source: parsed,
      evaluation: new Evaluation(expression),
      ofOtherTokens: others && new Evaluation(others),
    };
  }

  private compileFormula(key: string, source: SourceText, scope: Scope): Evaluation | null {
    const parsed = this.parse(source, key);
    if (!parsed || this.callsFaulty(parsed.expression)) return null;
    const { expression, faults, may } = this.expand(parsed, scope, kinds('string'));
    if ([...nodesOf(expression)].some(isOfResource))
      faults.push({ offset: 0, reason: 'a formula cannot look at resource' });
    if (may.has('struct')) faults.push({ offset: 0, reason: 'gives nothing that metadata can hold' });
    this.report(faults, source, key);
    return faults.length > 0 ? null : new Evaluation(expression);
  }

  private expand(source: ParsedSource, scope: Scope, kindsOfScope: Kinds) {
    const expansion = new Expansion(this.functions, source);
    const expression = expansion.expand(scope);
    const faults: Fault[] = [...expansion.faults];
    const locals = new Map([...scope.values()].map((name) => [nameOf(name) ?? '', kindsOfScope]));
    const check = new KindCheck(locals);
    const may = faults.length > 0 ? ANY : check.kindsOf(expression);
    return { expression, may, faults: [...faults, ...check.faults] };
  }

  private parse(source: SourceText, what: string): ParsedSource | null {
    const parsed = parseExpression(source.text);
    if ('expression' in parsed) return parsed;
    this.report([parsed], source, what);
    return null;
  }

  private callsFaulty(expression: Expression): boolean {
    return [...reachedFrom(expression, this.functions)].some((called) => this.faulty.has(called));
  }

  private report(faults: readonly Fault[], source: SourceText, what: string): void {
    for (const { offset, reason } of faults) {
      this.faults.push({ line: source.lineOf(offset), reason: `${what}: ${reason}` });
    }
  }
}

function scopeOf(segments: readonly PatternSegment[]): Scope {
  const params = segments.flatMap((segment) => ('param' in segment ? [segment.param] : []));
  return new Map(params.map((param) => [param, identifier(0n, nameOfParam(param))]));
}

function isOfResource(expression: Expression): boolean {
  return /^(request\.)?resource(\.|$)/.test(nameOf(expression) ?? '');
}
