/** `type/subtype` (RFC 9110 §8.3.1); what follows the semicolon is another matter. */
const MEDIA_TYPE = /^[a-z0-9!#$&^_.+-]{1,64}\/[a-z0-9!#$&^_.+-]{1,64}$/;

export const UNKNOWN_TYPE = 'application/octet-stream';
export const PLAIN_TEXT = 'text/plain';

/** What says no more than that there are bytes. */
const SAYS_NOTHING = new Set([UNKNOWN_TYPE, 'binary/octet-stream', 'application/unknown', 'application/binary']);

/** Names that browsers and tools still send, and those of the table of magic bytes, by the registered one. */
const REGISTERED: Readonly<Record<string, string>> = {
  'image/jpg': 'image/jpeg',
  'image/pjpeg': 'image/jpeg',
  'image/x-png': 'image/png',
  'image/apng': 'image/png',
  'image/vnd.microsoft.icon': 'image/x-icon',
  'image/x-ms-bmp': 'image/bmp',
  'audio/mp3': 'audio/mpeg',
  'audio/x-mp3': 'audio/mpeg',
  'audio/x-mpeg': 'audio/mpeg',
  'audio/x-wav': 'audio/wav',
  'audio/wave': 'audio/wav',
  'audio/vnd.wave': 'audio/wav',
  'audio/x-m4a': 'audio/mp4',
  'audio/m4a': 'audio/mp4',
  'audio/x-flac': 'audio/flac',
  'audio/x-aac': 'audio/aac',
  'audio/opus': 'audio/ogg',
  'video/x-m4v': 'video/mp4',
  'video/x-matroska': 'video/matroska',
  'audio/x-matroska': 'audio/matroska',
  'application/x-gzip': 'application/gzip',
  'application/x-zip-compressed': 'application/zip',
  'application/x-zip': 'application/zip',
  'application/x-pdf': 'application/pdf',
  'text/xml': 'application/xml',
};

/** The type as it is called, in lower case, without parameters; `application/octet-stream` when it is none. */
export function declaredTypeOf(text: string | null | undefined): string {
  const type = essenceOf(text);
  return MEDIA_TYPE.test(type) ? type : UNKNOWN_TYPE;
}

/** The type in its registered name, in lower case, without parameters; null when it is none, or says nothing. */
export function mediaTypeOf(text: string | null | undefined): string | null {
  const type = essenceOf(text);
  if (!MEDIA_TYPE.test(type) || SAYS_NOTHING.has(type)) return null;
  return Object.hasOwn(REGISTERED, type) ? (REGISTERED[type] ?? type) : type;
}

function essenceOf(text: string | null | undefined): string {
  return (text ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';
}

/** Programs, markup and data that are text, whatever their name begins with. */
export function isTextual(type: string): boolean {
  return type.startsWith('text/') || /[+](xml|json|yaml)$/.test(type) || TEXTUAL.has(type);
}

const TEXTUAL = new Set(
  ['json', 'xml', 'javascript', 'ecmascript', 'x-javascript', 'yaml', 'x-yaml', 'toml', 'sql', 'graphql']
    .concat(['x-ndjson', 'jsonl', 'json5', 'x-sh', 'x-httpd-php', 'typescript', 'x-pem-file', 'pgp-keys', 'x-tex'])
    .map((name) => `application/${name}`),
);

/** Whether deflate is worth its while: pictures, sound, film and archives are dense already. */
export function isCompressible(type: string): boolean {
  return (
    isTextual(type) || type === 'image/bmp' || type === 'image/tiff' || type === 'audio/wav' || type === UNKNOWN_TYPE
  );
}
