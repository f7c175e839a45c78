import { isSeq, type Node } from 'yaml';
import { isTaken } from './conditions/vocabulary';
import { parsePattern, type PatternSegment } from './path-pattern';
import { STORAGE_VERBS, type StorageVerb } from './storage-question';
import { YamlSource, type Entry, type FileFault, type SourceText } from './yaml-source';

export interface FunctionSource {
  readonly name: string;
  readonly parameters: readonly string[];
  readonly line: number;
  readonly body: SourceText;
}

/** A condition as written, and under which of `read`, `write` and the verbs. */
export interface ConditionSource {
  readonly key: string;
  readonly source: SourceText;
}

export interface RuleSource {
  readonly pattern: string;
  readonly segments: readonly PatternSegment[];
  readonly line: number;
  readonly conditions: ReadonlyMap<StorageVerb, ConditionSource>;
  readonly formulas: ReadonlyMap<string, SourceText>;
  readonly accept: readonly string[];
}

/** What a rules file says, in its own words: its shape is right, its conditions have not been read yet. */
export interface RulesDocument {
  readonly functions: readonly FunctionSource[];
  readonly rules: readonly RuleSource[];
  readonly faults: readonly FileFault[];
}

/** The single verbs come last: they win over the two that stand for several. */
const VERBS_OF: Readonly<Record<string, readonly StorageVerb[]>> = {
  read: ['get', 'list'],
  write: ['create', 'update', 'delete'],
  ...Object.fromEntries(STORAGE_VERBS.map((verb) => [verb, [verb]])),
};

const MOST_FUNCTIONS = 500;
const MOST_RULES = 5000;
const MOST_FORMULAS = 32;
/** What an object's metadata has anyway. */
const KEPT_KEYS: readonly string[] = ['token', 'filename'];

/** Reads the YAML of a rules file. All faults are collected; what they are about is left out. */
export function readRulesDocument(text: string): RulesDocument {
  return new DocumentReader(new YamlSource(text)).read();
}

class DocumentReader {
  private readonly functions: FunctionSource[] = [];
  private readonly rules: RuleSource[] = [];

  constructor(private readonly yaml: YamlSource) {}

  read(): RulesDocument {
    if (this.yaml.faults.length === 0) {
      for (const entry of this.yaml.entriesOf(this.yaml.contents, 'a rules file')) this.readSection(entry);
    }
    if (this.yaml.faults.length === 0 && this.rules.length === 0) this.fault(1, 'there are no paths');
    return { functions: this.functions, rules: this.rules, faults: this.yaml.faults };
  }

  private readSection({ key, line, value }: Entry): void {
    if (key !== 'functions' && key !== 'paths') {
      this.fault(line, `${key} is unknown: functions and paths are possible`);
      return;
    }
    const entries = this.yaml.entriesOf(value, key);
    const most = key === 'functions' ? MOST_FUNCTIONS : MOST_RULES;
    if (entries.length > most) {
      this.fault(line, `more than ${most} ${key}`);
      return;
    }
    for (const entry of entries)
      if (key === 'functions') this.readFunction(entry);
      else this.readRule(entry);
  }

  private readFunction({ key, line, value }: Entry): void {
    const [, name, inner = ''] = /^([A-Za-z_]\w*)\s*\(([\w\s,]*)\)$/.exec(key) ?? [];
    const body = this.textOf(value, `${key} needs an expression`);
    if (name === undefined) {
      this.fault(line, `${key} is no function: it is written name(parameter, parameter)`);
      return;
    }
    const parameters = inner.trim() === '' ? [] : inner.split(',').map((parameter) => parameter.trim());
    const fault = this.faultOfFunction(name, parameters);
    if (fault !== null) this.fault(line, fault);
    else if (body) this.functions.push({ name, parameters, line, body });
  }

  private faultOfFunction(name: string, parameters: readonly string[]): string | null {
    const taken = [name, ...parameters].find(isTaken);
    if (taken !== undefined) return `${taken} is a name of the language`;
    const bad = parameters.find((parameter) => !/^[A-Za-z_]\w*$/.test(parameter));
    if (bad !== undefined) return `${name}() has a parameter that is no name: ${JSON.stringify(bad)}`;
    if (new Set(parameters).size < parameters.length) return `${name}() has a parameter twice`;
    return this.functions.some((other) => other.name === name) ? `${name}() is there twice` : null;
  }

  private readRule({ key: pattern, line, value }: Entry): void {
    const faultsBefore = this.yaml.faults.length;
    const segments = parsePattern(pattern);
    if (typeof segments === 'string') this.fault(line, `${pattern}: ${segments}`);
    const written = new Map<string, SourceText>();
    let formulas = new Map<string, SourceText>();
    let accept: readonly string[] = [];
    for (const entry of this.yaml.entriesOf(value, pattern)) {
      if (entry.key === 'metadata') formulas = this.readFormulas(entry);
      else if (entry.key === 'accept') accept = this.readAccept(entry);
      else if (Object.hasOwn(VERBS_OF, entry.key)) {
        const source = this.textOf(entry.value, `${entry.key} needs a condition`);
        if (source) written.set(entry.key, source);
      } else
        this.fault(
          entry.line,
          `${entry.key} is unknown: ${Object.keys(VERBS_OF).join(', ')}, metadata and accept are possible`,
        );
    }
    if (written.size === 0 && this.yaml.faults.length === faultsBefore)
      this.fault(line, `${pattern} says for nothing who may do it (read: false closes a path)`);
    if (typeof segments === 'string') return;
    this.rules.push({ pattern, segments, line, conditions: conditionsOf(written), formulas, accept });
  }

  private readFormulas({ key, line, value }: Entry): Map<string, SourceText> {
    const entries = this.yaml.entriesOf(value, key);
    if (entries.length > MOST_FORMULAS) this.fault(line, `more than ${MOST_FORMULAS} formulas`);
    const formulas = new Map<string, SourceText>();
    for (const entry of entries) {
      const source = this.textOf(entry.value, `${entry.key} needs a formula`);
      if (KEPT_KEYS.includes(entry.key)) this.fault(entry.line, `${entry.key} is set by the service itself`);
      else if (!/^[A-Za-z][\w-]{0,63}$/.test(entry.key)) this.fault(entry.line, `${entry.key} is no name for metadata`);
      else if (Object.hasOwn(Object.prototype, entry.key))
        this.fault(entry.line, `${entry.key} is no name for metadata`);
      else if (source) formulas.set(entry.key, source);
    }
    return formulas;
  }

  private readAccept({ line, value }: Entry): readonly string[] {
    const items = isSeq(value) ? (value.items as Node[]) : [value];
    if (items.length === 0) this.fault(line, 'accept is empty, so nothing could be uploaded');
    return items.flatMap((item) => {
      const type = this.yaml.textOf(item)?.text.toLowerCase() ?? '';
      // RFC 6838 §4.2, and the wildcard of RFC 9110 §12.5.1
      if (/^[a-z0-9][a-z0-9!#$&^_.+-]{0,126}\/(\*|[a-z0-9][a-z0-9!#$&^_.+-]{0,126})$/.test(type)) return [type];
      this.yaml.report(item, 'accept takes media types such as image/* or application/pdf');
      return [];
    });
  }

  private textOf(node: Node | null, otherwise: string): SourceText | null {
    const text = this.yaml.textOf(node);
    if (!text) this.yaml.report(node, otherwise);
    return text;
  }

  private fault(line: number, reason: string): void {
    this.yaml.faults.push({ line, reason });
  }
}

function conditionsOf(written: ReadonlyMap<string, SourceText>): Map<StorageVerb, ConditionSource> {
  const conditions = new Map<StorageVerb, ConditionSource>();
  for (const [key, verbs] of Object.entries(VERBS_OF)) {
    const source = written.get(key);
    if (source) for (const verb of verbs) conditions.set(verb, { key, source });
  }
  return conditions;
}
