import type { FastifyReply } from 'fastify';
import { AppError } from '../../kernel/errors/app-error';

/** Aborts when the client hangs up before it has its answer; nobody reads the reason. */
export function clientGone(reply: FastifyReply): AbortSignal {
  const controller = new AbortController();
  reply.raw.once('close', () => {
    if (!reply.raw.writableFinished) controller.abort(new AppError('malformed-body'));
  });
  return controller.signal;
}
