import type { ByteRange } from '../../core/storage/blobs/blobs.port';
import { AppError } from '../../kernel/errors/app-error';

/**
 * The one range that a `Range` field asks for, of a file of so many bytes. Null where the whole file is the answer: there
 * is no field, or one that is not understood, or several ranges are asked for (RFC 9110 §14.2 lets a server ignore the
 * field; an answer in parts costs more than it saves, and helps who wants to keep a server busy).
 *
 * @throws AppError `range-not-satisfiable` when nothing of the file lies inside
 */
export function byteRangeOf(field: string | undefined, size: number): ByteRange | null {
  const [, first, last] = /^bytes[ \t]*=[ \t,]*(\d*)-(\d*)[ \t,]*$/i.exec(field ?? '') ?? [];
  if (first === undefined || last === undefined || `${first}${last}` === '') return null;
  if (first === '') return suffix(Number(last), size);
  return interval(Number(first), last === '' ? Infinity : Number(last), size);
}

/** The last so many bytes. Of an empty file they are the whole of it. */
function suffix(length: number, size: number): ByteRange | null {
  if (length === 0) throw new AppError('range-not-satisfiable');
  return size === 0 ? null : { start: Math.max(0, size - length), end: size - 1 };
}

function interval(first: number, last: number, size: number): ByteRange | null {
  // RFC 9110 §14.1.1: such a one is invalid, and what is invalid is ignored
  if (last < first) return null;
  if (first >= size) throw new AppError('range-not-satisfiable');
  return { start: first, end: Math.min(last, size - 1) };
}
