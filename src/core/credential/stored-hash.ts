/** A secret's hash as it is stored, and its scheme: what it costs to compute. */
export interface PasswordHash {
  readonly hash: string;
  readonly scheme: string;
}

/** What a stored hash says of itself. */
export interface StoredHash {
  readonly pepperId: string;
  readonly cost: number;
  /** Version, cost, salt and hash as bcrypt writes them. */
  readonly bcrypt: string;
}

const STORED = /^bcrypt:([0-9a-f]{8}):\$2[aby]\$(\d\d)\$([./A-Za-z0-9]{53})$/;
const SCHEME = /^bcrypt-(\d\d)$/;

/** `bcrypt:<pepper id>:$2b$10$…`: bcrypt over the base64 of HMAC-SHA-256 under that pepper. */
export function formatStoredHash(pepperId: string, bcrypt: string): string {
  return `bcrypt:${pepperId}:${bcrypt}`;
}

export function parseStoredHash(text: string): StoredHash | null {
  const [, pepperId, cost, rest] = STORED.exec(text) ?? [];
  if (pepperId === undefined || cost === undefined || rest === undefined) return null;
  // our bcrypt takes $2y$ for an unknown version and answers false; the three differ only in bugs of other programs
  return { pepperId, cost: Number(cost), bcrypt: `$2b$${cost}$${rest}` };
}

export function schemeOf(cost: number): string {
  return `bcrypt-${String(cost).padStart(2, '0')}`;
}

/** Null for a scheme of another version of this service that works beside this one. */
export function costOf(scheme: string): number | null {
  const cost = SCHEME.exec(scheme)?.[1];
  return cost === undefined ? null : Number(cost);
}
