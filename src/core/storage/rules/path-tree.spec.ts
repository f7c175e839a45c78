import fc from 'fast-check';
import { parsePattern, type PatternSegment } from './path-pattern';
import { PathTree } from './path-tree';

type Segments = readonly PatternSegment[];

const NAMES = ['a', 'b', 'c', 'constructor', '__proto__'];
const segment = fc.oneof(
  fc.constantFrom(...NAMES).map((literal): PatternSegment => ({ literal })),
  fc.constantFrom('x', 'y').map((param): PatternSegment => ({ param })),
);
const patterns = fc.array(fc.array(segment, { minLength: 1, maxLength: 4 }), { maxLength: 25 });
const path = fc.array(fc.constantFrom(...NAMES, 'other'), { maxLength: 5 });

/** As the rule is told to people: of those that match, segment by segment, a literal comes before a param. */
function mostSpecific(all: readonly Segments[], asked: readonly string[]): Segments | null {
  const matching = all.filter(
    (one) =>
      one.length === asked.length && one.every((part, index) => 'param' in part || part.literal === asked[index]),
  );
  const rank = (one: Segments) => one.map((part) => ('param' in part ? '1' : '0')).join('');
  return matching.reduce<Segments | null>((best, one) => (best && rank(best) <= rank(one) ? best : one), null);
}

const shapeOf = (one: Segments) => one.map((part) => ('param' in part ? ':' : part.literal)).join('/');

function treeOf(all: readonly Segments[]): { readonly tree: PathTree<Segments>; readonly kept: Segments[] } {
  const tree = new PathTree<Segments>();
  return { tree, kept: all.filter((one) => tree.add(one, one) === null) };
}

describe('PathTree', () => {
  it('finds what a reader of all patterns would find, and names the params', () => {
    fc.assert(
      fc.property(patterns, path, (all, asked) => {
        const { tree, kept } = treeOf(all);
        const found = tree.find(asked);
        const wanted = mostSpecific(kept, asked);
        expect(found?.value ?? null).toBe(wanted);
        for (const [index, part] of (wanted ?? []).entries()) {
          // of a param that is there twice, which no parsed pattern has, the last one counts
          if (
            'param' in part &&
            !wanted?.slice(index + 1).some((other) => 'param' in other && other.param === part.param)
          ) {
            expect(found?.params.get(part.param)).toBe(asked[index]);
          }
        }
      }),
      { numRuns: 1000 },
    );
  });

  it('refuses a second pattern for the same paths, whatever its params are called, and only that', () => {
    fc.assert(
      fc.property(patterns, (all) => {
        const { kept } = treeOf(all);
        expect(kept.map(shapeOf)).toEqual([...new Set(all.map(shapeOf))]);
      }),
    );
  });

  it('hides no pattern: each decides some path', () => {
    fc.assert(
      fc.property(patterns, (all) => {
        const { tree, kept } = treeOf(all);
        for (const one of kept) {
          const own = one.map((part) => ('param' in part ? 'no literal is called this' : part.literal));
          expect(tree.find(own)?.value).toBe(one);
        }
      }),
    );
  });

  it('knows of a folder exactly the patterns that decide some child of it', () => {
    fc.assert(
      fc.property(patterns, path, (all, folder) => {
        const { tree, kept } = treeOf(all);
        const children = [...NAMES, 'other'].map((name) => mostSpecific(kept, [...folder, name]));
        const wanted = new Set(children.filter((one) => one !== null));
        expect(new Set(tree.findChildren(folder).map(({ value }) => value))).toEqual(wanted);
      }),
      { numRuns: 1000 },
    );
  });

  it('does not let a literal that leads nowhere hide a param that matches', () => {
    const { tree } = treeOf([pattern('/user/me/avatar'), pattern('/user/:id/:file')]);
    expect(tree.find(['user', 'me', 'letter'])?.params).toEqual(
      new Map([
        ['id', 'me'],
        ['file', 'letter'],
      ]),
    );
  });

  it('matches nothing under the names of routes', () => {
    const { tree } = treeOf([pattern('/:x'), pattern('/:x/:y')]);
    for (const name of ['meta', 'o', 'm']) {
      expect(tree.find([name])).toBeNull();
      expect(tree.find([name, 'a'])).toBeNull();
      expect(tree.findChildren([name])).toEqual([]);
    }
    expect(tree.find(['other', 'meta'])).not.toBeNull();
  });
});

describe('parsePattern', () => {
  it.each([
    ['/a/:b/c.txt', [{ literal: 'a' }, { param: 'b' }, { literal: 'c.txt' }]],
    ['/a b/ü', [{ literal: 'a b' }, { literal: 'ü' }]],
  ])('reads %s', (text, segments) => {
    expect(parsePattern(text)).toEqual(segments);
  });

  it.each([
    ['a/b', 'begins with /'],
    ['/', 'empty segment'],
    ['/a/', 'empty segment'],
    ['/a//b', 'empty segment'],
    ['/a/../b', '. and ..'],
    ['/./b', '. and ..'],
    ['/a/*', 'not possible'],
    ['/a%20b', 'not possible'],
    ['/a\\b', 'not possible'],
    ['/a\0b', 'not possible'],
    ['/a\ud800', 'not possible'],
    ['/u\u0308', 'NFC'],
    [`/${'a'.repeat(256)}`, '255 bytes'],
    ['/a'.repeat(33), '32 segments'],
    ['/meta/:x', 'first segment'],
    ['/o', 'first segment'],
    ['/m/:x', 'first segment'],
    ['/:x/:x', 'twice'],
    ['/:', 'no param'],
    ['/:1', 'no param'],
    ['/:a-b', 'no param'],
    ...['request', 'resource', 'size', 'has', 'exists', 'in', 'true', 'null', 'for', 'matches', 'type'].map(
      (name): [string, string] => [`/:${name}`, 'the language has something of that name'],
    ),
  ])('refuses %j', (text, reason) => {
    expect(parsePattern(text)).toContain(reason);
  });
});

function pattern(text: string): Segments {
  const segments = parsePattern(text);
  if (typeof segments === 'string') throw new Error(segments);
  return segments;
}
