import { ValidateBy, type ValidationOptions } from 'class-validator';

const LONGEST = 64;

/** A six-digit code as it may be typed. One of another shape is wrong, not malformed: the flow says so. */
export function IsMailedCode(options?: ValidationOptions): PropertyDecorator {
  return ValidateBy(
    {
      name: 'isMailedCode',
      validator: {
        validate: (value: unknown) => typeof value === 'string' && value !== '' && value.length <= LONGEST,
        defaultMessage: () => 'must be a code',
      },
    },
    options,
  );
}
