import { isAlias, isMap, isScalar, LineCounter, parseDocument, visit, type Node, type Pair } from 'yaml';

/** What is wrong with a file, and where; lines count from 1. */
export interface FileFault {
  readonly line: number;
  readonly reason: string;
}

/** A text of the file, and where its lines are. */
export interface SourceText {
  readonly text: string;
  /** The line of the file on which a character of the text is, as far as can be told. */
  lineOf(offset: number): number;
}

export interface Entry {
  readonly key: string;
  readonly line: number;
  readonly value: Node | null;
}

/** A YAML file of ours: one document, plain data only, every fault with its line. */
export class YamlSource {
  readonly faults: FileFault[] = [];
  readonly contents: Node | null = null;
  private readonly lines = new LineCounter();

  constructor(text: string) {
    const document = parseDocument(text, { lineCounter: this.lines, prettyErrors: false });
    for (const { pos, message } of [...document.errors, ...document.warnings]) {
      this.faults.push({ line: this.lineAt(pos[0]), reason: `is not YAML: ${message}` });
    }
    if (this.faults.length > 0) return;
    visit(document, {
      Node: (_key, node) => {
        // neither is of use here, and a few aliases of aliases make a file of gigabytes
        if (isAlias(node) || node.anchor !== undefined) this.report(node, 'anchors and aliases are not possible here');
      },
    });
    this.contents = document.contents;
  }

  report(node: Node | null, reason: string): void {
    this.faults.push({ line: this.lineOf(node), reason });
  }

  lineOf(node: Node | null): number {
    return this.lineAt(node?.range?.[0] ?? 0);
  }

  /** The entries of a map; what is no map is reported as `name`. */
  entriesOf(node: Node | null, name: string): Entry[] {
    if (isMap(node)) return node.items.flatMap((pair) => this.entryOf(pair));
    this.report(node, `${name} must be a map`);
    return [];
  }

  /** What a person wrote for a text: true, false and numbers count as written. Null where it is none. */
  textOf(node: Node | null): SourceText | null {
    if (!isScalar(node) || node.value === null) return null;
    const first = this.lineOf(node);
    const text = typeof node.value === 'string' ? node.value : (node.source ?? '');
    // the lines of `|` are the lines of the file; those of the other kinds are folded into one
    const isLiteral = node.type === 'BLOCK_LITERAL';
    return { text, lineOf: (offset) => (isLiteral ? first + text.slice(0, offset).split('\n').length : first) };
  }

  private entryOf({ key, value }: Pair): Entry[] {
    if (isScalar(key) && typeof key.value === 'string') {
      return [{ key: key.value, line: this.lineOf(key), value: (value ?? null) as Node | null }];
    }
    this.report(key as Node | null, 'a key must be a text');
    return [];
  }

  private lineAt(offset: number): number {
    return this.lines.linePos(offset).line;
  }
}
