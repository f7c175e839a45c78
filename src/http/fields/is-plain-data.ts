import { ValidateBy, type ValidationOptions } from 'class-validator';
import { isWellFormed } from './text-rules';

const MOST_BYTES = 8192;

/** A JSON object of bounded size whose texts can be stored: no NUL, no lone surrogates, in names and values alike. */
export function IsPlainData(options?: ValidationOptions): PropertyDecorator {
  return ValidateBy(
    {
      name: 'isPlainData',
      validator: { validate: isPlainData, defaultMessage: () => 'must be an object of at most 8 KiB of plain text' },
    },
    options,
  );
}

function isPlainData(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  return isStorable(value) && Buffer.byteLength(JSON.stringify(value)) <= MOST_BYTES;
}

/** The depth is bounded already, by the body parser. */
function isStorable(value: unknown): boolean {
  if (typeof value === 'string') return isWellFormed(value) && !value.includes('\0');
  if (typeof value !== 'object' || value === null) return true;
  return Object.entries(value).every(([name, item]) => isStorable(name) && isStorable(item));
}
