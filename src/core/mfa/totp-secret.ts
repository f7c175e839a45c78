import { randomBytes } from 'node:crypto';
import qrcode from 'qrcode';

/** RFC 4226 §4, R6: 160 bits. speakeasy's own generator is skewed, so it is not asked. */
const SECRET_BYTES = 20;
const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

export function newTotpSecret(): Buffer {
  return randomBytes(SECRET_BYTES);
}

/** RFC 4648 §6, without padding: authenticator apps want none. */
export function toBase32(bytes: Buffer): string {
  const bits = [...bytes].map((byte) => byte.toString(2).padStart(8, '0')).join('');
  const groups = bits.match(/.{1,5}/g) ?? [];
  return groups.map((group) => BASE32[Number.parseInt(group.padEnd(5, '0'), 2)] ?? '').join('');
}

/** The key URI that authenticator apps read, with the issuer both as a prefix and as a parameter. */
export function otpauthUri(issuer: string, accountName: string, secret: Buffer): string {
  const label = `${encodeURIComponent(issuer)}:${encodeURIComponent(accountName)}`;
  const query = `secret=${toBase32(secret)}&issuer=${encodeURIComponent(issuer)}&algorithm=SHA1&digits=6&period=30`;
  return `otpauth://totp/${label}?${query}`;
}

/** A picture of the key URI, as a PNG data URI. Drawn on the main thread, so no larger than a phone needs it. */
export function qrImage(uri: string): Promise<string> {
  return qrcode.toDataURL(uri, { errorCorrectionLevel: 'M', margin: 4, scale: 4 });
}
