import { isTaken } from './conditions/vocabulary';

/** One segment of a pattern: a text to match as it is, or a param that takes any. */
export type PatternSegment = { readonly literal: string } | { readonly param: string };

/** First segments under which the contract has routes of its own. */
const NOT_FIRST: readonly string[] = ['meta', 'o', 'm'];

const MOST_SEGMENTS = 32;
const MOST_BYTES = 255;

/** Reads `/segment/:param/…`; a string is what is wrong with it. */
export function parsePattern(pattern: string): readonly PatternSegment[] | string {
  if (!pattern.startsWith('/')) return 'a path begins with /';
  const segments = pattern.slice(1).split('/');
  if (segments.length > MOST_SEGMENTS) return `more than ${MOST_SEGMENTS} segments`;
  const parsed: PatternSegment[] = [];
  const params = new Set<string>();
  for (const segment of segments) {
    const fault = segment.startsWith(':') ? faultOfParam(segment.slice(1), params) : faultOfLiteral(segment);
    if (fault !== null) return fault;
    if (segment.startsWith(':')) params.add(segment.slice(1));
    parsed.push(segment.startsWith(':') ? { param: segment.slice(1) } : { literal: segment });
  }
  if (isReservedFirst(segments[0])) return `${NOT_FIRST.join(', ')} cannot be the first segment`;
  return parsed;
}

/** Whether no rule may match a path because of its first segment. */
export function isReservedFirst(segment: string | undefined): boolean {
  return segment !== undefined && NOT_FIRST.includes(segment);
}

function faultOfParam(name: string, params: ReadonlySet<string>): string | null {
  if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) return `:${name} is no param: letters, digits and _ only`;
  if (isTaken(name)) return `a param cannot be called ${name}: the language has something of that name`;
  return params.has(name) ? `:${name} is there twice` : null;
}

function faultOfLiteral(segment: string): string | null {
  if (segment === '') return 'an empty segment (no // and no / at the end)';
  if (segment === '.' || segment === '..') return 'the segments . and .. match nothing';
  // what no path has once it is decoded and in NFC, or what other tools would take for a wildcard or an escape
  if (/[\p{Cc}\p{Cs}\\*?#%]/u.test(segment))
    return `the segment ${JSON.stringify(segment)} has a character that is not possible`;
  if (segment !== segment.normalize('NFC')) return 'a segment is not in NFC';
  return Buffer.byteLength(segment) > MOST_BYTES ? `a segment is longer than ${MOST_BYTES} bytes` : null;
}
