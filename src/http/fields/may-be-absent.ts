import { ValidateIf } from 'class-validator';

/** A field that need not be there. Unlike class-validator's `IsOptional`, null is not absent: it is a wrong value. */
export function MayBeAbsent(): PropertyDecorator {
  return ValidateIf((_body, value) => value !== undefined);
}
