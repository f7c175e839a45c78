import { ValidateIf } from 'class-validator';

/** A text that need not be there. Clients of this contract fill in a form: null and nothing typed are absent too. */
export function MayBeEmpty(): PropertyDecorator {
  return ValidateIf((_body, value) => value !== undefined && value !== null && value !== '');
}
