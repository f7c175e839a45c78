import { ValidateBy, type ValidationOptions } from 'class-validator';
import { codePointLength, normalizePassword } from '../../kernel/canonical';
import { isSecretText } from './is-secret-text';

const SHORTEST = 6;
const LONGEST = 128;

/**
 * A password that is being chosen, as the contracts bound it: 6 to 128 characters, counted as code points after NFKC. What
 * settings ask beyond that is the flow's to say.
 */
export function IsNewPassword(options?: ValidationOptions): PropertyDecorator {
  return ValidateBy(
    {
      name: 'isNewPassword',
      validator: { validate: isNewPassword, defaultMessage: () => 'must have 6 to 128 characters' },
    },
    options,
  );
}

function isNewPassword(value: unknown): boolean {
  if (typeof value !== 'string' || !isSecretText(value)) return false;
  const length = codePointLength(normalizePassword(value));
  return length >= SHORTEST && length <= LONGEST;
}
