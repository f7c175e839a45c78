import { Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { AccessTokens } from '../../../core/session/access-tokens.service';
import type { DemandState } from '../../../core/storage/access/storage-access';
import { judgePreconditions } from '../../../http/files/preconditions';
import { AppError } from '../../../kernel/errors/app-error';
import { representationOf } from './storage.mapper';

/** What must hold when a write happens, however long after its request that is. */
@Injectable()
export class WriteConditions {
  constructor(private readonly accessTokens: AccessTokens) {}

  /**
   * The session has not ended (an upload may outlive its access token, but not that), and what is there is what the caller
   * goes by (RFC 9110 §13). It throws AppError `session-ended`, `precondition-failed`.
   */
  of({ method, headers, principal }: FastifyRequest): DemandState {
    return (stored) => {
      if (principal) this.accessTokens.assertNotEnded(principal.sessionId);
      const outcome = judgePreconditions(method, headers, stored && representationOf(stored));
      if (outcome !== 'met') throw new AppError('precondition-failed');
    };
  }
}
