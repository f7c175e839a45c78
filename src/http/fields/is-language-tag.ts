import { ValidateBy, type ValidationOptions } from 'class-validator';

const LONGEST = 35;

/** A well-formed language tag (BCP 47, RFC 5646 §2.1). */
export function IsLanguageTag(options?: ValidationOptions): PropertyDecorator {
  return ValidateBy(
    {
      name: 'isLanguageTag',
      validator: { validate: isLanguageTag, defaultMessage: () => 'must be a language tag such as en or pt-BR' },
    },
    options,
  );
}

function isLanguageTag(value: unknown): boolean {
  if (typeof value !== 'string' || value.length > LONGEST || !/^[A-Za-z0-9-]+$/.test(value)) return false;
  try {
    return Intl.getCanonicalLocales(value).length === 1;
  } catch {
    return false; // the only error there is: a RangeError for a tag that is not well formed
  }
}
