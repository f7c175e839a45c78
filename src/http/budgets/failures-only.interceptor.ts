import { Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { catchError, mergeMap, type Observable } from 'rxjs';
import type { ErrorCode } from '../../kernel/errors/error-catalogue';
import { toAppError } from '../errors/error-translation';
import { NetworkBudgets } from './network-budgets.port';
import { giveBackAll } from './scoped-charges';

/** Refusals that say nothing of what the caller sent. */
const NOT_THE_CALLERS: readonly ErrorCode[] = ['busy', 'unavailable', 'internal'];

/** Gives a request's charge back unless it failed through what it sent. */
@Injectable()
export class FailuresOnlyInterceptor implements NestInterceptor {
  constructor(private readonly budgets: NetworkBudgets) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const { budgetCharges = [] } = context.switchToHttp().getRequest<FastifyRequest>();
    return next.handle().pipe(
      mergeMap(async (result: unknown) => {
        await giveBackAll(budgetCharges, this.budgets);
        return result;
      }),
      catchError(async (error: unknown) => {
        if (NOT_THE_CALLERS.includes(toAppError(error).code)) await giveBackAll(budgetCharges, this.budgets);
        throw error;
      }),
    );
  }
}
