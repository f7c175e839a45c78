import { create } from 'content-disposition';

/**
 * What browsers show and never run: raster images, sound, film, and text as it is. Not SVG, HTML, XML or PDF, which can
 * hold programs that would run in this service's name.
 */
const SHOWN = new Set([
  'image/png',
  'image/jpeg',
  'image/gif',
  'image/webp',
  'image/avif',
  'audio/mpeg',
  'audio/mp4',
  'audio/ogg',
  'audio/wav',
  'audio/webm',
  'audio/aac',
  'audio/flac',
  'video/mp4',
  'video/webm',
  'video/ogg',
  'video/quicktime',
]);

const LONGEST_NAME = 200;

export interface ServedType {
  readonly contentType: string;
  /** RFC 6266. */
  readonly disposition: string;
}

/** How a file is handed out: shown in the browser if that is harmless, else to be saved, as bytes of no type. */
export function servedType(contentType: string, filename: string): ServedType {
  const name = saveName(filename);
  if (contentType === 'text/plain') {
    return { contentType: 'text/plain; charset=utf-8', disposition: create(name, { type: 'inline' }) };
  }
  const isShown = SHOWN.has(contentType);
  return {
    contentType: isShown ? contentType : 'application/octet-stream',
    disposition: create(name, { type: isShown ? 'inline' : 'attachment' }),
  };
}

/** `Content-Disposition` of what is to be saved under a name. */
export function saveAs(filename: string): string {
  return create(saveName(filename), { type: 'attachment' });
}

/** A name for `Content-Disposition`: one name and no path, of nothing that cannot be seen. */
function saveName(filename: string): string {
  const name = filename
    .slice(0, LONGEST_NAME)
    .replace(/[/\\:]/g, '_')
    // halves of surrogate pairs too, which the cut may have made
    .replace(/[\p{Cc}\p{Cs}\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu, '');
  return name === '' ? 'file' : name;
}
