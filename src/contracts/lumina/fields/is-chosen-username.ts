import { ValidateBy } from 'class-validator';

const SHORTEST = 3;
const LONGEST = 255;

/** A username as this contract lets people choose it, narrower than the others. Signing in takes any. */
export function IsChosenUsername(): PropertyDecorator {
  return ValidateBy({
    name: 'isChosenUsername',
    validator: {
      validate: isChosenUsername,
      defaultMessage: () =>
        'must have 3 to 255 characters, of A-Z, a-z, 0-9, dot, underscore and hyphen, the first and the last a letter or digit',
    },
  });
}

function isChosenUsername(value: unknown): boolean {
  if (typeof value !== 'string' || value.length < SHORTEST || value.length > LONGEST) return false;
  return /^[A-Za-z0-9][A-Za-z0-9._-]*[A-Za-z0-9]$/.test(value);
}
