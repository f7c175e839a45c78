/** The JOSE header of a compact JWS (RFC 7515 §7.1), unchecked; null when it has none that can be read. */
export function tokenHeader(token: string): { readonly kid?: unknown; readonly alg?: unknown } | null {
  try {
    const header: unknown = JSON.parse(Buffer.from(token.split('.', 1)[0] ?? '', 'base64url').toString('utf8'));
    return typeof header === 'object' && header !== null ? header : null;
  } catch {
    // what is no JSON is no header
    return null;
  }
}
