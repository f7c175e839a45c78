import type { FastifyRequest } from 'fastify';
import type { DemandState } from '../../../core/storage/access/storage-access';
import { judgePreconditions } from '../../../http/files/preconditions';
import { AppError } from '../../../kernel/errors/app-error';
import { representationOf } from './storage.mapper';

/** The conditions of a write (RFC 9110 §13), for the moment it happens. It throws AppError `precondition-failed`. */
export function writeConditions({ method, headers }: FastifyRequest): DemandState {
  return (stored) => {
    const outcome = judgePreconditions(method, headers, stored && representationOf(stored));
    if (outcome !== 'met') throw new AppError('precondition-failed');
  };
}
