import type { FieldFault } from '../../../kernel/errors/app-error';
import { AppError } from '../../../kernel/errors/app-error';
import { IMAGE_FORMATS, LARGEST_SIDE, type ImageFormat, type ImageWish } from '../../../core/storage/images/rendering';

export const LARGEST_PAGE = 1000;
export const USUAL_PAGE = 100;

type Query = ReadonlyMap<string, string>;

/**
 * How an image is wished: `w`, `h` (0 as absent: free), `q`, `f`. Null where nothing is asked for.
 *
 * @throws AppError `validation`
 */
export function imageWishIn(query: Query): ImageWish | null {
  const faults: FieldFault[] = [];
  const width = wholeNumber(query, 'w', 0, LARGEST_SIDE, faults);
  const height = wholeNumber(query, 'h', 0, LARGEST_SIDE, faults);
  const quality = wholeNumber(query, 'q', 1, 100, faults);
  const format = formatIn(query, faults);
  refuse(faults);
  const wish: ImageWish = {
    ...(width ? { width } : {}),
    ...(height ? { height } : {}),
    ...(quality === undefined ? {} : { quality }),
    ...(format === undefined ? {} : { format }),
  };
  return Object.keys(wish).length === 0 ? null : wish;
}

/**
 * Which page of a folder: `limit`, `after`.
 *
 * @param folder its key: `after` may be a file's name, or its whole key
 * @throws AppError `validation`
 */
export function pageIn(query: Query, folder: string): { readonly limit: number; readonly after: string } {
  const faults: FieldFault[] = [];
  const limit = wholeNumber(query, 'limit', 1, LARGEST_PAGE, faults) ?? USUAL_PAGE;
  const after = (query.get('after') ?? '').normalize('NFC');
  // names hold no slash
  const [, parent, name = ''] = /^(.*)\/([^/]*)$/s.exec(after) ?? [undefined, folder, after];
  if (parent !== folder)
    faults.push({ field: 'after', message: 'must be the name or the key of a file in this folder' });
  refuse(faults);
  return { limit, after: name };
}

function wholeNumber(query: Query, field: string, min: number, max: number, faults: FieldFault[]): number | undefined {
  const text = query.get(field);
  if (text === undefined) return undefined;
  const value = Number(text);
  if (/^\d{1,9}$/.test(text) && value >= min && value <= max) return value;
  faults.push({ field, message: `must be a whole number from ${min} to ${max}` });
  return undefined;
}

function formatIn(query: Query, faults: FieldFault[]): ImageFormat | undefined {
  const text = query.get('f');
  if (text === undefined) return undefined;
  const format = IMAGE_FORMATS.find((name) => name === text);
  if (!format) faults.push({ field: 'f', message: `must be one of ${IMAGE_FORMATS.join(', ')}` });
  return format;
}

function refuse(faults: readonly FieldFault[]): void {
  if (faults.length > 0) throw new AppError('validation', { fields: faults });
}
