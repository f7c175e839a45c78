import { Injectable } from '@nestjs/common';
import type { ErrorPresenter, PresentedError, PresentedRequest } from '../../http/presenters/error-presenter';
import type { AppError } from '../../kernel/errors/app-error';
import { CLAIMS } from './claims';
import { claimsErrors } from './claims-error-map';

/** What lies below `/api/v1/auth` is another contract's. */
const OWN_PATHS = /^\/api\/v1(?!\/auth(?:\/|$))(?:\/|$)/;

/** Errors as `{error, code}`; with `mfa-required` the ticket beside them. */
@Injectable()
export class ClaimsErrorPresenter implements ErrorPresenter {
  readonly name = CLAIMS;

  owns({ path }: PresentedRequest): boolean {
    return OWN_PATHS.test(path);
  }

  present(error: AppError): PresentedError {
    return {
      status: claimsErrors[error.code],
      contentType: 'application/json; charset=utf-8',
      body: { error: textOf(error), code: error.code, ...error.details },
    };
  }
}

/** This contract has no room for a list: faulty fields are named in the text. */
function textOf({ message, fields }: AppError): string {
  if (fields.length === 0) return message;
  const faults = fields.map((fault) => `${fault.field} ${fault.message}`).join('; ');
  return `${message.replace(/\.$/, '')}: ${faults}.`;
}
