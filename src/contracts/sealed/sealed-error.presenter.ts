import { Injectable } from '@nestjs/common';
import { STATUS_CODES } from 'node:http';
import type { ErrorPresenter, PresentedError, PresentedRequest } from '../../http/presenters/error-presenter';
import type { AppError } from '../../kernel/errors/app-error';
import { SEALED } from './sealed';
import { sealedErrors } from './sealed-error-map';
import { sealedRouteOf } from './shared-paths';

const OWN_PATHS = /^\/auth\/(?:key|forget-password|validate-otp|reset-password|refresh-token)(?:\/|$)/;

/** Errors as `{statusCode, message, error, code}`. */
@Injectable()
export class SealedErrorPresenter implements ErrorPresenter {
  readonly name = SEALED;

  owns(request: PresentedRequest): boolean {
    return OWN_PATHS.test(request.path) || sealedRouteOf(request) !== null;
  }

  present(error: AppError): PresentedError {
    const status = sealedErrors[error.code];
    const faults = error.fields.map(({ field, message }) => ` ${field} ${message}.`);
    return {
      status,
      contentType: 'application/json; charset=utf-8',
      body: {
        statusCode: status,
        message: error.message + faults.join(''),
        error: STATUS_CODES[status] ?? '',
        code: error.code,
        ...error.details,
      },
    };
  }
}
