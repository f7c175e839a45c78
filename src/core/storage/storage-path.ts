import { AppError } from '../../kernel/errors/app-error';
import type { StoragePath } from './rules/storage-question';

const LONGEST_SEGMENT_BYTES = 255;
const LONGEST_PATH_BYTES = 1024;

/** Controls, and what breaks a line elsewhere: a name is shown, logged by others, and written into archives. */
const UNSHOWABLE = /[\p{Cc}\p{Cs}\u2028\u2029]/u;

/** Where a file or folder is: names from the top down, each as people write it. The top itself has none. */
export interface RequestedPath {
  readonly segments: StoragePath;
  /** Whether it was written with a slash at its end. */
  readonly isFolder: boolean;
}

/**
 * The path of these names in Unicode's composed form (NFC), so that two spellings that look alike are one file.
 *
 * @throws AppError `bad-url` saying what is wrong with it, whatever may be there
 */
export function requestedPath(segments: readonly string[], isFolder: boolean): RequestedPath {
  const composed = segments.map((segment) => segment.normalize('NFC'));
  for (const segment of composed) demandName(segment);
  if (Buffer.byteLength(keyOf(composed)) > LONGEST_PATH_BYTES)
    throw badPath(`is longer than ${LONGEST_PATH_BYTES} bytes`);
  return { segments: composed, isFolder };
}

/** `user/1/portrait`. Names hold no slash, so two paths never share a key. */
export function keyOf(segments: StoragePath): string {
  return segments.join('/');
}

/** What a URL's path is refused with. @param message what is wrong, as the end of a sentence about it */
export function badPath(message: string): AppError {
  return new AppError('bad-url', { fields: [{ field: 'path', message }] });
}

function demandName(segment: string): void {
  if (segment === '') throw badPath('has an empty segment');
  if (segment === '.' || segment === '..') throw badPath('has a segment . or ..');
  if (/[/\\]/.test(segment)) throw badPath('has a slash or backslash inside a segment');
  if (UNSHOWABLE.test(segment)) throw badPath('has a control character');
  if (Buffer.byteLength(segment) > LONGEST_SEGMENT_BYTES) {
    throw badPath(`has a segment of more than ${LONGEST_SEGMENT_BYTES} bytes`);
  }
}
