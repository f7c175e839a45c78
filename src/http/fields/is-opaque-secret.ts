import { ValidateBy, type ValidationOptions } from 'class-validator';
import type { ErrorCode } from '../../kernel/errors/error-catalogue';

/** What a field's fault is refused as instead of `validation`; read by the validation pipe. */
export interface RefusalContext {
  readonly refusedAs: ErrorCode;
}

/**
 * A secret that only the service can read. A malformed one is refused as a wrong one is, with `refusedAs`; only one
 * that is not there at all is `validation`.
 */
export function IsOpaqueSecret(
  refusedAs: ErrorCode,
  longest: number,
  options: ValidationOptions = {},
): PropertyDecorator {
  const context: RefusalContext = { refusedAs };
  return ValidateBy(
    {
      name: 'isOpaqueSecret',
      validator: {
        validate: (value: unknown) => typeof value === 'string' && value !== '' && value.length <= longest,
        defaultMessage: () => 'is needed',
      },
    },
    { ...options, context },
  );
}
