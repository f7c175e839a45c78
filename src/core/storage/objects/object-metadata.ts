import { AppError } from '../../../kernel/errors/app-error';

/** What all of it may have, as JSON in UTF-8. */
const MAX_METADATA_BYTES = 16_384;

/**
 * Refuses metadata that a row cannot hold.
 *
 * @throws AppError `validation`, naming what is too long or has characters that PostgreSQL cannot hold
 */
export function demandStorable(metadata: Readonly<Record<string, unknown>>): void {
  for (const [key, value] of Object.entries(metadata)) {
    const text = JSON.stringify([key, value]);
    // as JSON writes NUL and halves of surrogate pairs
    if (/\\u(0000|d[89a-f])/.test(text)) refuse(key, 'must hold no NUL character and no half of a surrogate pair');
  }
  if (Buffer.byteLength(JSON.stringify(metadata)) > MAX_METADATA_BYTES) {
    refuse('metadata', `must have at most ${MAX_METADATA_BYTES} bytes in all`);
  }
}

function refuse(field: string, message: string): never {
  throw new AppError('validation', { fields: [{ field, message }] });
}
