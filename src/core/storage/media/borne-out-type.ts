import { isTextual, mediaTypeOf, PLAIN_TEXT, UNKNOWN_TYPE } from './media-type';
import { hasMagicBytes, type Sniffed } from './sniff';

/** Types whose files begin alike: which of them it is, only its sender knows. */
const FAMILIES = [
  ['video/mp4', 'audio/mp4', 'video/quicktime', 'video/3gpp', 'audio/3gpp', 'video/3gpp2', 'audio/3gpp2'],
  ['video/webm', 'audio/webm', 'video/matroska', 'audio/matroska'],
  ['video/ogg', 'audio/ogg', 'application/ogg'],
  ['image/heic', 'image/heif', 'image/heic-sequence', 'image/heif-sequence'],
  ['application/x-cfb', 'application/vnd.ms-outlook', 'application/vnd.visio'],
];

/** What many formats are packed in. */
const CONTAINERS = new Set(['application/zip', 'application/gzip', 'application/x-cfb', 'application/x-sqlite3']);

/** Formats inside a zip, which the beginning of a file does not always tell. */
const ZIPPED = [
  /^application\/vnd[.](openxmlformats-officedocument|oasis[.]opendocument|ms-(excel|word|powerpoint))[.]/,
].concat([
  /^application\/(epub[+]zip|java-archive|vnd[.]android[.]package-archive|x-xpinstall|vnd[.]visio)$/,
  /^model\/3mf$/,
]);

/**
 * What a file's bytes bear out: the declared type where they are that, else the one they tell, else none at all. So who
 * calls a page an image gains nothing by it, where images are shown in the browser or anything else goes by the type. One
 * that bytes cannot tell (a program's own format) is taken on trust, and is never shown. Text has no magic bytes either:
 * it is text only where its sender calls it so.
 */
export function borneOutType(declared: string | null | undefined, sniffed: Sniffed): string {
  const type = mediaTypeOf(declared);
  const told = sniffed.type ?? UNKNOWN_TYPE;
  if (type === null) return told;
  if (isTextual(type)) return sniffed.isText ? type : told;
  if (sniffed.type === null) return isTold(type) ? told : type;
  return isPossible(type, sniffed.type) ? type : told;
}

/**
 * Whether a rule's list of types (`image/*`, `application/pdf`) takes a file. A type named in full takes what
 * bears it out, a pattern only what the bytes themselves tell: `image/*` is no way in for text that is called an image.
 *
 * @param accepted an empty list takes everything
 */
export function isAcceptedType(accepted: readonly string[], borneOut: string, sniffed: Sniffed): boolean {
  if (accepted.length === 0) return true;
  const told = [evidentType(sniffed), ...(areOneFamily(borneOut, sniffed.type) ? [borneOut] : [])];
  return accepted.some((entry) => {
    if (entry === '*/*') return true;
    if (entry.endsWith('/*')) return told.some((type) => type.startsWith(entry.slice(0, -1).toLowerCase()));
    const type = mediaTypeOf(entry) ?? UNKNOWN_TYPE;
    return type === borneOut || told.includes(type);
  });
}

function evidentType({ type, isText }: Sniffed): string {
  return type ?? (isText ? PLAIN_TEXT : UNKNOWN_TYPE);
}

function isPossible(declared: string, told: string): boolean {
  if (declared === told || areOneFamily(declared, told)) return true;
  if (!CONTAINERS.has(told)) return false;
  return !isTold(declared) || (told === 'application/zip' && ZIPPED.some((pattern) => pattern.test(declared)));
}

/** Whether a file of this type is told by its beginning. */
function isTold(type: string): boolean {
  return hasMagicBytes(type) || FAMILIES.some((family) => family.includes(type));
}

function areOneFamily(one: string, other: string | null): boolean {
  return other !== null && FAMILIES.some((family) => family.includes(one) && family.includes(other));
}
