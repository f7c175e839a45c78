import { Injectable, ValidationPipe as NestValidationPipe, type ArgumentMetadata } from '@nestjs/common';
import type { ValidationError } from 'class-validator';
import { AppError } from '../kernel/errors/app-error';
import { ignoresUnknownFields } from './fields/ignores-unknown-fields.decorator';
import { inDeclaredCase } from './fields/reads-any-case.decorator';
import { faultsOf, refusalOf, UNKNOWN_FIELD } from './fields/validation-faults';

const COMMON = {
  transform: true,
  whitelist: true,
  // a DTO without fields is a rule too, not something unknown: whatever is sent is then one field too many
  forbidUnknownValues: false,
  stopAtFirstError: true,
  // the values stay inside: only whether there is one is looked at
  validationError: { target: false, value: true },
  exceptionFactory: (errors: ValidationError[]) => toAppError(errors),
};

/**
 * Checks a request's parts against their DTOs. Strict about unknown fields unless the DTO says `@IgnoresUnknownFields()`.
 * No body is an empty one.
 *
 * @throws AppError `validation` naming each faulty field, never its value; what a secret's field is refused as instead
 */
@Injectable()
export class ValidationPipe extends NestValidationPipe {
  private readonly lax = new NestValidationPipe({ ...COMMON, forbidNonWhitelisted: false });

  constructor() {
    super({ ...COMMON, forbidNonWhitelisted: true });
  }

  override async transform(value: unknown, metadata: ArgumentMetadata): Promise<unknown> {
    const isDto = this.toValidate(metadata);
    const subject = metadata.type === 'body' && isDto ? inDeclaredCase(objectBody(value), metadata.metatype) : value;
    if (isDto && ignoresUnknownFields(metadata.metatype)) return this.lax.transform(subject, metadata);
    if (isDto) demandOwnNames(subject);
    return super.transform(subject, metadata);
  }
}

function objectBody(body: unknown): object {
  if (body === undefined) return {};
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw new AppError('validation', { fields: [{ field: 'body', message: 'must be an object' }] });
  }
  return body;
}

/** class-transformer drops fields that are named as what every object has, so the whitelist would never see them. */
function demandOwnNames(subject: unknown): void {
  const strange = Object.keys(subject as object).filter((name) => name in Object.prototype);
  if (strange.length === 0) return;
  throw new AppError('validation', { fields: strange.map((field) => ({ field, message: UNKNOWN_FIELD })) });
}

function toAppError(errors: readonly ValidationError[]): AppError {
  const fields = faultsOf(errors);
  const refusal = fields.length === 0 ? refusalOf(errors) : null;
  return refusal ? new AppError(refusal) : new AppError('validation', { fields });
}
