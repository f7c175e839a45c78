/**
 * The one canonical form of e-mail addresses and usernames: what is stored beside them and used byte for byte by
 * lookup, unique index and lockout bucket. Folding twice makes it idempotent (lower-casing can undo NFKC).
 */
export function canonicalIdentifier(identifier: string): string {
  return identifier.normalize('NFKC').toLowerCase().normalize('NFKC');
}

/**
 * An address as it is stored and mailed to. Compatibility characters are folded here already: what a mail proves must
 * be the very address that is then compared, or a look-alike mailbox could prove somebody else's.
 */
export function normalizeEmail(email: string): string {
  return email.trim().normalize('NFKC');
}

/** A password as it is counted and hashed (NIST SP 800-63B-4 §3.1.1.2 asks for one normalization form). */
export function normalizePassword(password: string): string {
  return password.normalize('NFKC');
}

/** Length in code points, as people count characters. */
export function codePointLength(text: string): number {
  let length = 0;
  for (const _ of text) length += 1;
  return length;
}
