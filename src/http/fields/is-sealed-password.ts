import { ValidateBy, type ValidationOptions } from 'class-validator';

const LONGEST = 4096;

/** A password as it was encrypted. Text that is no ciphertext is a wrong password, not a malformed one: the flow says so. */
export function IsSealedPassword(options?: ValidationOptions): PropertyDecorator {
  return ValidateBy(
    {
      name: 'isSealedPassword',
      validator: {
        validate: (value: unknown) => typeof value === 'string' && value.length <= LONGEST,
        defaultMessage: () => 'must be base64 of what was encrypted',
      },
    },
    options,
  );
}
