/** A lone surrogate is no character: databases and hashes would each make something else of it. */
export function isWellFormed(text: string): boolean {
  return !/\p{Surrogate}/u.test(text);
}

/** Control, format and separator characters, NUL among them, and letters without a glyph: invisible, and so made to deceive. */
export function hasInvisible(text: string): boolean {
  return /[\p{Cc}\p{Cf}\p{Z}\u115f\u1160\u2800\u3164\uffa0]/u.test(text);
}
