/** A lone surrogate is no character: databases and hashes would each make something else of it. */
export function isWellFormed(text: string): boolean {
  return !/\p{Surrogate}/u.test(text);
}

/** Control, format and separator characters, NUL among them: invisible, and so made to deceive. */
export function hasInvisible(text: string): boolean {
  return /[\p{Cc}\p{Cf}\p{Z}]/u.test(text);
}
