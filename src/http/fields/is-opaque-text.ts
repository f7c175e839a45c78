import { ValidateBy, type ValidationOptions } from 'class-validator';
import { isWellFormed } from './text-rules';

const LONGEST_BYTES = 4096;

/** Text that only the client understands: 1 byte to 4 KiB in UTF-8. A NUL cannot be stored, so it is refused. */
export function IsOpaqueText(options?: ValidationOptions): PropertyDecorator {
  return ValidateBy(
    {
      name: 'isOpaqueText',
      validator: { validate: isOpaqueText, defaultMessage: () => 'must be text of 1 to 4096 bytes' },
    },
    options,
  );
}

function isOpaqueText(value: unknown): boolean {
  // the length is checked first: what follows works through all of the text
  if (typeof value !== 'string' || value === '' || value.length > LONGEST_BYTES) return false;
  return Buffer.byteLength(value) <= LONGEST_BYTES && isWellFormed(value) && !value.includes('\0');
}
