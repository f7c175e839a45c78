import { Injectable } from '@nestjs/common';
import { Clock } from '../../kernel/clock';
import { AppError } from '../../kernel/errors/app-error';
import type { Principal } from '../../kernel/principal';
import { RECENT_PROOF_SECONDS } from './auth-lifetimes';

/** A stolen session alone must not reach what is sensitive. */
@Injectable()
export class RecentProof {
  constructor(private readonly clock: Clock) {}

  /** @throws AppError `reauthentication-required` when the session proved itself more than 15 minutes ago */
  demand(principal: Principal): void {
    const ageSeconds = (this.clock.now().getTime() - principal.authenticatedAt.getTime()) / 1000;
    if (ageSeconds > RECENT_PROOF_SECONDS) throw new AppError('reauthentication-required');
  }
}
