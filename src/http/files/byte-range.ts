import { AppError } from '../../kernel/errors/app-error';

/** Positions of bytes, both included (RFC 9110 §14.1.2). */
export interface ByteRange {
  readonly first: number;
  readonly last: number;
}

/**
 * The one range that a `Range` field asks for, of a file of so many bytes. Null where the whole file is the answer: there is
 * no field, or one that is not understood, or several ranges are asked for (RFC 9110 §14.2 lets a server ignore the field;
 * an answer in parts costs more than it saves and helps who wants to keep a server busy).
 *
 * @throws AppError `range-not-satisfiable` when nothing of the file lies inside
 */
export function byteRangeOf(field: string | undefined, size: number): ByteRange | null {
  const [, list] = /^bytes[ \t]*=(.*)$/i.exec(field ?? '') ?? [];
  if (list === undefined) return null;
  const specs = list.split(',').map((spec) => spec.trim()).filter((spec) => spec !== '');
  const [spec] = specs;
  if (specs.length !== 1 || spec === undefined) return null;
  const [, first, last] = /^(\d*)-(\d*)$/.exec(spec) ?? [];
  if (first === undefined || last === undefined || `${first}${last}` === '') return null;
  return first === '' ? suffix(Number(last), size) : interval(Number(first), last === '' ? Infinity : Number(last), size);
}

/** The last so many bytes. Of an empty file they are the whole of it. */
function suffix(length: number, size: number): ByteRange | null {
  if (length === 0) throw new AppError('range-not-satisfiable');
  return size === 0 ? null : { first: Math.max(0, size - length), last: size - 1 };
}

function interval(first: number, last: number, size: number): ByteRange | null {
  // RFC 9110 §14.1.1: such a one is invalid, and what is invalid is ignored
  if (last < first) return null;
  if (first >= size) throw new AppError('range-not-satisfiable');
  return { first, last: Math.min(last, size - 1) };
}
