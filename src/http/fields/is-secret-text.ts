import { ValidateBy, type ValidationOptions } from 'class-validator';
import { isWellFormed } from './text-rules';

const LONGEST = 1024;

/**
 * A password or verifier as it may arrive: text of bounded length, any characters. Whether it is long enough is a
 * question of meaning, which the flow answers where a secret is chosen, and never where one is proved.
 */
export function IsSecretText(options?: ValidationOptions): PropertyDecorator {
  return ValidateBy(
    {
      name: 'isSecretText',
      validator: { validate: isSecretText, defaultMessage: () => 'must be text of 1 to 1024 characters' },
    },
    options,
  );
}

export function isSecretText(value: unknown): boolean {
  return typeof value === 'string' && value.length >= 1 && value.length <= LONGEST && isWellFormed(value);
}
