const LIKE_A_LINK = /[./:。]/g;

/** A username may look like a link, which a mail program would make one; also in characters that it folds to those. */
export function unlinked(name: string): string {
  return name.normalize('NFKC').replace(LIKE_A_LINK, '·');
}

/** What `unlinked` has taken out, in order. */
export function linkedIn(name: string): string[] {
  return name.normalize('NFKC').match(LIKE_A_LINK) ?? [];
}
