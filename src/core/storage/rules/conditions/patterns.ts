import { RE2JS } from '@bufbuild/re2';

/** Patterns are literals of the rules file, so their number has a bound; this one is for a file edited all day long. */
const MOST_PATTERNS = 1000;

const compiled = new Map<string, RE2JS>();

/** Compiled once: CEL's own `matches` would do it again at each call, and that takes longer than all the rest. */
export function compilePattern(pattern: string): RE2JS {
  const known = compiled.get(pattern);
  if (known) return known;
  const made = RE2JS.compile(pattern);
  if (compiled.size >= MOST_PATTERNS) compiled.clear();
  compiled.set(pattern, made);
  return made;
}

/** Why RE2 would not take it, or null. */
export function faultOfPattern(pattern: string): string | null {
  try {
    compilePattern(pattern);
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
