import { domainToASCII } from 'node:url';

/**
 * The one canonical form of e-mail addresses and usernames: what is stored beside them and used byte for byte by
 * lookup, unique index and lockout bucket. Folding twice makes it idempotent (lower-casing can undo NFKC).
 */
export function canonicalIdentifier(identifier: string): string {
  const folded = identifier.normalize('NFKC').toLowerCase().normalize('NFKC');
  const at = folded.lastIndexOf('@');
  return at < 0 ? folded : folded.slice(0, at + 1) + canonicalDomain(folded.slice(at + 1));
}

/** `exämple.com` and `xn--exmple-cua.com` are one domain and so one mailbox (RFC 5890 §2.3.2.1). */
function canonicalDomain(domain: string): string {
  if (isAscii(domain)) return domain;
  const ascii = domainToASCII(domain);
  return ascii === '' ? domain : ascii;
}

function isAscii(text: string): boolean {
  return Buffer.byteLength(text) === text.length;
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
