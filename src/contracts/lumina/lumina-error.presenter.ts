import { Injectable } from '@nestjs/common';
import { UNKNOWN_FIELD } from '../../http/fields/validation-faults';
import type {
  ErrorPresenter,
  PresentationContext,
  PresentedError,
  PresentedRequest,
} from '../../http/presenters/error-presenter';
import { problemDetails, PROBLEM_MEDIA_TYPE } from '../../http/problem-details';
import type { AppError, FieldFault } from '../../kernel/errors/app-error';
import { LUMINA } from './lumina';
import { luminaErrors } from './lumina-error-map';
import { WrongCurrentPassword } from './wrong-current-password';

const OWN_PATHS = /^\/api\/v1\/auth(?:\/|$)/;

/** Problem documents whose `detail` is a name for programs, and whose faults are lists of such names. */
@Injectable()
export class LuminaErrorPresenter implements ErrorPresenter {
  readonly name = LUMINA;

  owns({ path }: PresentedRequest): boolean {
    return OWN_PATHS.test(path);
  }

  present(error: AppError, context: PresentationContext): PresentedError {
    const { status, detail } = luminaErrors[error.code];
    const problem = problemDetails(error, status, context);
    const names = [...new Set(error.fields.map(nameOf))];
    const [first = error instanceof WrongCurrentPassword ? 'InvalidCurrentPassword' : detail] = names;
    const body = {
      ...problem,
      detail: first,
      // what is wrong with each field in words, for people who write clients
      ...(names.length > 0 ? { errors: { 'General.Validation': names }, fields: error.fields } : {}),
    };
    return { status, contentType: PROBLEM_MEDIA_TYPE, body };
  }
}

function nameOf({ field, message }: FieldFault): string {
  if (message === UNKNOWN_FIELD) return `UnknownField.${field}`;
  return NAMES[field] ?? `Invalid${field.charAt(0).toUpperCase()}${field.slice(1)}`;
}

const NAMES: Readonly<Record<string, string>> = {
  PasswordConfirm: 'PasswordsNotMatch',
  NewPasswordConfirm: 'PasswordsNotMatch',
};
