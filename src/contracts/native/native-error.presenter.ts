import { Injectable } from '@nestjs/common';
import { problemDetails, PROBLEM_MEDIA_TYPE } from '../../http/problem-details';
import type { ErrorPresenter, PresentationContext, PresentedError } from '../../http/presenters/error-presenter';
import type { AppError } from '../../kernel/errors/app-error';
import { NATIVE } from './native';
import { nativeErrors } from './native-error-map';

/** Errors as RFC 9457 problem documents. */
@Injectable()
export class NativeErrorPresenter implements ErrorPresenter {
  readonly name = NATIVE;

  /** Native is the default: it owns what nobody else does. */
  owns(): boolean {
    return true;
  }

  present(error: AppError, context: PresentationContext): PresentedError {
    const status = nativeErrors[error.code];
    return { status, contentType: PROBLEM_MEDIA_TYPE, body: problemDetails(error, status, context) };
  }
}
