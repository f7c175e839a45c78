import { Injectable } from '@nestjs/common';
import type { ErrorPresenter, PresentedError, PresentedRequest } from '../../http/presenters/error-presenter';
import type { AppError } from '../../kernel/errors/app-error';
import { VAULT } from './vault';
import { vaultErrors } from './vault-error-map';

const OWN_PATHS = /^\/api\/(?:auth|user)(?:\/|$)/;

/** Errors as `{error: {message, code, details?}}`. */
@Injectable()
export class VaultErrorPresenter implements ErrorPresenter {
  readonly name = VAULT;

  owns({ path }: PresentedRequest): boolean {
    return OWN_PATHS.test(path);
  }

  present(error: AppError): PresentedError {
    const status = vaultErrors[error.code];
    const details = detailsOf(error, status);
    const hasDetails = Object.keys(details).length > 0;
    return {
      status,
      contentType: 'application/json; charset=utf-8',
      body: { error: { message: error.message, code: error.code, ...(hasDetails ? { details } : {}) } },
    };
  }
}

function detailsOf(
  { details, fields, retryAfterSeconds }: AppError,
  status: number,
): Readonly<Record<string, unknown>> {
  return {
    ...details,
    ...(fields.length > 0 ? { fields } : {}),
    ...(status === 429 && retryAfterSeconds !== undefined
      ? { retry_after: Math.max(1, Math.ceil(retryAfterSeconds)) }
      : {}),
  };
}
