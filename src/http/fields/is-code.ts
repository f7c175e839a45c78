import { ValidateBy, type ValidationOptions } from 'class-validator';

const LONGEST = 64;

/** A code of a second factor as it may be typed: TOTP or recovery code. Whether it is right, the flow says. */
export function IsCode(options?: ValidationOptions): PropertyDecorator {
  return ValidateBy(
    {
      name: 'isCode',
      validator: {
        validate: (value: unknown) =>
          typeof value === 'string' && value.length <= LONGEST && /^[0-9A-Za-z][0-9A-Za-z -]*$/.test(value),
        defaultMessage: () => 'must be a code of digits, or of letters, digits and dashes',
      },
    },
    options,
  );
}
