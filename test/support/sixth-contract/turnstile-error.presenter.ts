import { Injectable } from '@nestjs/common';
import type { ErrorPresenter, PresentedError, PresentedRequest } from '../../../src/http/presenters/error-presenter';
import type { AppError } from '../../../src/kernel/errors/app-error';
import { TURNSTILE } from './turnstile';
import { turnstileErrors } from './turnstile-error-map';

/** Errors as `{refused, because, fields}`; with `mfa-required` the ticket beside them. */
@Injectable()
export class TurnstileErrorPresenter implements ErrorPresenter {
  readonly name = TURNSTILE;

  owns({ path }: PresentedRequest): boolean {
    return /^\/turnstile(?:\/|$)/.test(path);
  }

  present({ code, message, fields, details }: AppError): PresentedError {
    return {
      status: turnstileErrors[code],
      contentType: 'application/json; charset=utf-8',
      body: { refused: code, because: message, fields: fields.map(({ field }) => field), ...details },
    };
  }
}
