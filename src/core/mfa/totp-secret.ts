import { randomBytes } from 'node:crypto';
import qrcode from 'qrcode';
import { qrPng } from './qr-png';

/** RFC 4226 §4, R6: 160 bits. speakeasy's own generator is skewed, so it is not asked. */
const SECRET_BYTES = 20;
/** As long as an address may be. */
const LONGEST_NAME_BYTES = 254;
const MASK_PATTERN = 3;
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

/** What authenticator apps show the account under. */
export const TOTP_ISSUER = 'Latchkey';

/** The key URI that authenticator apps read, with the issuer both as a prefix and as a parameter. */
export function otpauthUri(issuer: string, accountName: string, secret: Buffer): string {
  const label = `${encodeURIComponent(issuer)}:${encodeURIComponent(shortened(accountName))}`;
  const query = `secret=${toBase32(secret)}&issuer=${encodeURIComponent(issuer)}&algorithm=SHA1&digits=6&period=30`;
  return `otpauth://totp/${label}?${query}`;
}

/**
 * A picture of the key URI, as a PNG data URI. Drawn on the main thread, where everybody waits for it: hence the drawing
 * of our own, and a mask that is given. Trying all eight for the prettiest takes ten times as long, and readers take any.
 */
export function qrImage(uri: string): string {
  const { modules } = qrcode.create(uri, { errorCorrectionLevel: 'M', maskPattern: MASK_PATTERN });
  return `data:image/png;base64,${qrPng(modules).toString('base64')}`;
}

/** The name only tells entries of the app apart, and a QR code holds no more than 2331 bytes of escaped text. */
function shortened(accountName: string): string {
  let bytesLeft = LONGEST_NAME_BYTES;
  let name = '';
  for (const character of accountName) {
    bytesLeft -= Buffer.byteLength(character);
    if (bytesLeft < 0) break;
    name += character;
  }
  return name;
}
