import { applyDecorators, UseGuards, UseInterceptors } from '@nestjs/common';
import { ApiTooManyRequestsResponse } from '@nestjs/swagger';
import { FailuresOnlyInterceptor } from './failures-only.interceptor';
import { RequestBudgetGuard } from './request-budget.guard';

/**
 * For routes that take a secret or send a mail: so many requests a minute from one network. `isForFailuresOnly`: a
 * request that succeeds is not counted.
 */
export function Budgeted(options: { readonly isForFailuresOnly?: boolean } = {}): MethodDecorator {
  return applyDecorators(
    UseGuards(RequestBudgetGuard),
    ...(options.isForFailuresOnly === true ? [UseInterceptors(FailuresOnlyInterceptor)] : []),
    ApiTooManyRequestsResponse({ description: 'this network asks too often; see Retry-After' }),
  );
}
