import { isReservedFirst, type PatternSegment } from './path-pattern';
import type { StoragePath } from './storage-question';

interface Node<T> {
  readonly literals: Map<string, Node<T>>;
  param: Node<T> | null;
  leaf: { readonly value: T; readonly segments: readonly PatternSegment[] } | null;
}

/** A pattern that matches, and what its params stand for. */
export interface PathMatch<T> {
  readonly value: T;
  readonly params: ReadonlyMap<string, string>;
}

/** Patterns by their segments. Of those that match, the one wins that has a literal where the others first have a param. */
export class PathTree<T> {
  private readonly root: Node<T> = newNode();

  /** Returns what already matches exactly the same paths, else null. */
  add(segments: readonly PatternSegment[], value: T): T | null {
    let node = this.root;
    for (const segment of segments) node = 'param' in segment ? paramOf(node) : literalOf(node, segment.literal);
    if (node.leaf) return node.leaf.value;
    node.leaf = { value, segments };
    return null;
  }

  /** The most specific pattern that matches. A literal that leads nowhere does not hide a param that matches. */
  find(path: StoragePath): PathMatch<T> | null {
    if (isReservedFirst(path[0])) return null;
    // each node is visited once at most: the tree, not the path, bounds the work
    for (const node of nodesAt(this.root, path, 0)) if (node.leaf) return matchOf(node.leaf, path);
    return null;
  }

  /**
   * The patterns that may match a direct child of a folder, without those that a more specific one hides from every
   * child. A child's own segment is not among the params.
   */
  findChildren(folder: StoragePath): PathMatch<T>[] {
    if (isReservedFirst(folder[0])) return [];
    const found: PathMatch<T>[] = [];
    const named = new Set<string>();
    for (const node of nodesAt(this.root, folder, 0)) {
      for (const [name, child] of node.literals) {
        if (!child.leaf || named.has(name)) continue;
        named.add(name);
        found.push(matchOf(child.leaf, folder));
      }
      if (!node.param?.leaf) continue;
      found.push(matchOf(node.param.leaf, folder));
      break; // it takes every other name
    }
    return found;
  }
}

/** The nodes that a path leads to, the most specific first. */
function* nodesAt<T>(node: Node<T>, path: StoragePath, depth: number): Generator<Node<T>> {
  const segment = path[depth];
  if (segment === undefined) {
    yield node;
    return;
  }
  const literal = node.literals.get(segment);
  if (literal) yield* nodesAt(literal, path, depth + 1);
  if (node.param) yield* nodesAt(node.param, path, depth + 1);
}

function matchOf<T>({ value, segments }: NonNullable<Node<T>['leaf']>, path: StoragePath): PathMatch<T> {
  const params = new Map<string, string>();
  for (const [index, segment] of segments.entries()) {
    const given = path[index];
    if ('param' in segment && given !== undefined) params.set(segment.param, given);
  }
  return { value, params };
}

function newNode<T>(): Node<T> {
  return { literals: new Map(), param: null, leaf: null };
}

function paramOf<T>(node: Node<T>): Node<T> {
  return (node.param ??= newNode());
}

function literalOf<T>(node: Node<T>, name: string): Node<T> {
  const known = node.literals.get(name);
  if (known) return known;
  const made = newNode<T>();
  node.literals.set(name, made);
  return made;
}
