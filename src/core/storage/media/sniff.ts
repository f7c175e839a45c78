import { fileTypeFromBuffer, supportedMimeTypes } from 'file-type/core';
import { mediaTypeOf } from './media-type';
import { beginsWithMpegFrame } from './mpeg-frame';

/** As much of a file's beginning as its type is told from. */
export const SNIFFED_BYTES = 4100;

/** What a file's beginning tells. */
export interface Sniffed {
  /** By magic bytes, in its registered name; null when they are nobody's. */
  readonly type: string | null;
  /** UTF-8 without NUL as far as was looked. A file without a byte is text as well. */
  readonly isText: boolean;
}

const knownTypes = new Set([...supportedMimeTypes].flatMap((type) => mediaTypeOf(type) ?? []));

/** Whether a file of this type would be told by its magic bytes. */
export function hasMagicBytes(type: string): boolean {
  return knownTypes.has(type);
}

/** @param head the first `SNIFFED_BYTES` of the file, or all of it if it is shorter */
export async function sniff(head: Uint8Array): Promise<Sniffed> {
  const sample = head.subarray(0, SNIFFED_BYTES);
  const isText = isUtf8Text(sample);
  const type = mediaTypeOf((await magicTypeOf(sample))?.mime);
  return { type: type !== null && isMistaken(type, sample, isText) ? null : type, isText };
}

/** Some magic is two letters long, or a byte and a half: words can begin so, and UTF-16 does. */
function isMistaken(type: string, sample: Uint8Array, isText: boolean): boolean {
  if (isText) return /^(image|audio|video)\//.test(type);
  if (type !== 'audio/mpeg' || isTagged(sample)) return false;
  return isUtf16(sample) || !beginsWithMpegFrame(sample);
}

/** Whether the sound has a tag before it, which says clearly enough that it is sound. */
function isTagged(sample: Uint8Array): boolean {
  return Buffer.from(sample.subarray(0, 3)).toString('latin1') === 'ID3';
}

/** By its byte order mark; the smaller end first, it could be a frame of MPEG sound of a kind hardly ever met. */
function isUtf16([first, second]: Uint8Array): boolean {
  return first === 0xff && second === 0xfe;
}

/** Broken files lead the parsers astray: what they stumble over has no type. */
async function magicTypeOf(sample: Uint8Array): Promise<{ readonly mime: string } | undefined> {
  try {
    return await fileTypeFromBuffer(sample);
  } catch {
    return undefined;
  }
}

function isUtf8Text(sample: Uint8Array): boolean {
  if (sample.includes(0)) return false;
  try {
    // `stream`: the sample may end in the middle of a character
    new TextDecoder('utf-8', { fatal: true }).decode(sample, { stream: sample.length === SNIFFED_BYTES });
    return true;
  } catch {
    return false;
  }
}
