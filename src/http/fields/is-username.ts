import { ValidateBy, type ValidationOptions } from 'class-validator';
import { canonicalIdentifier, codePointLength } from '../../kernel/canonical';
import { hasInvisible, isWellFormed } from './text-rules';

const SHORTEST = 3;
const LONGEST = 255;

/** 3 to 255 characters, no `@` (so that no username is somebody's address), no space, nothing invisible. */
export function IsUsername(options?: ValidationOptions): PropertyDecorator {
  return ValidateBy(
    {
      name: 'isUsername',
      validator: {
        validate: isUsername,
        defaultMessage: () => 'must have 3 to 255 characters, none of them @, space or control characters',
      },
    },
    options,
  );
}

export function isUsername(value: unknown): boolean {
  if (typeof value !== 'string' || value.length > LONGEST * 2 || !isWellFormed(value)) return false;
  // the folded form is what is compared: a full-width ＠ folds to @
  const folded = canonicalIdentifier(value);
  return [value, folded].every((text) => {
    const length = codePointLength(text);
    return length >= SHORTEST && length <= LONGEST && !text.includes('@') && !hasInvisible(text);
  });
}
