import { Inject, Injectable, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { getOptionsToken, ThrottlerGuard, type ThrottlerModuleOptions, type ThrottlerRequest } from '@nestjs/throttler';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Settings } from '../../config/settings';
import { AppError } from '../../kernel/errors/app-error';
import { addressOf } from '../caller';
import { networkOf } from '../network-address';
import { BudgetThrottlerStorage } from './budget-throttler-storage';
import { budgetScopes } from './budget-scopes';
import { rateLimitFields } from './rate-limit-fields';
import { chargeScopes, type ScopedCharge } from './scoped-charges';

declare module 'fastify' {
  interface FastifyRequest {
    /** What this request was charged, for those routes that give it back. */
    budgetCharges?: readonly ScopedCharge[];
  }
}

/** `THROTTLE_LIMIT` requests a minute from one network to each `@Budgeted()` route. */
@Injectable()
export class RequestBudgetGuard extends ThrottlerGuard {
  constructor(
    @Inject(getOptionsToken()) options: ThrottlerModuleOptions,
    // named, else the parent's own annotation of this place would bring its storage in memory
    @Inject(BudgetThrottlerStorage) private readonly storage: BudgetThrottlerStorage,
    reflector: Reflector,
    private readonly settings: Settings,
  ) {
    super(options, storage, reflector);
  }

  protected override shouldSkip(): Promise<boolean> {
    return Promise.resolve(this.settings.throttleLimit === 0);
  }

  /** @throws AppError `too-many-requests` */
  protected override async handleRequest(facts: ThrottlerRequest): Promise<boolean> {
    const { context, limit, ttl, throttler, generateKey } = facts;
    const name = throttler.name ?? 'default';
    const charges = await chargeScopes(
      budgetScopes(await this.getTracker(requestOf(context)), limit),
      async (scope) => {
        const key = generateKey(context, scope.network, name);
        const { charge } = await this.storage.increment(key, ttl, scope.limit);
        return { ...charge, key };
      },
      this.storage.budgets,
    );
    void context
      .switchToHttp()
      .getResponse<FastifyReply>()
      .headers(rateLimitFields(charges, ttl / 1000));
    const refusal = charges.find(({ isWithin }) => !isWithin);
    if (refusal) throw new AppError('too-many-requests', { retryAfterSeconds: refusal.resetSeconds });
    requestOf(context).budgetCharges = charges;
    return true;
  }

  protected override getTracker(request: FastifyRequest): Promise<string> {
    return Promise.resolve(networkOf(addressOf(request)));
  }
}

function requestOf(context: ExecutionContext): FastifyRequest {
  return context.switchToHttp().getRequest<FastifyRequest>();
}
