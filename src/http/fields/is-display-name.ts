import { ValidateBy, type ValidationOptions } from 'class-validator';
import { codePointLength } from '../../kernel/canonical';
import { isWellFormed } from './text-rules';

const LONGEST = 255;

/** A name as people write it: 1 to 255 characters, no control characters. */
export function IsDisplayName(options?: ValidationOptions): PropertyDecorator {
  return ValidateBy(
    {
      name: 'isDisplayName',
      validator: {
        validate: (value: unknown) =>
          typeof value === 'string' &&
          value.trim() !== '' &&
          isWellFormed(value) &&
          codePointLength(value) <= LONGEST &&
          !/\p{Cc}/u.test(value),
        defaultMessage: () => 'must have 1 to 255 characters, none of them control characters',
      },
    },
    options,
  );
}
