import type { FastifyRequest } from 'fastify';
import { isConnection } from './files/idle-limit';

declare module 'fastify' {
  interface FastifyRequest {
    /** For who reads the body himself, and sees to it that it ends: a file may take as long as it does. */
    liftBodyDeadline?: () => void;
  }
}

/** A whole request must have arrived by then: connections are not held open byte by byte. */
const REQUEST_MS = 60_000;
/** What of a body nobody wants comes in after its answer: long enough for the answer to be read before the end. */
const AFTER_ANSWER_MS = 5_000;

/**
 * Sees to it that bodies end. Node's own `requestTimeout` cannot tell a file that takes an hour from a form that does.
 *
 * @param refuse answers a request that is too slow, unless an answer has begun, and closes its connection
 */
export function watchBody(request: FastifyRequest, answered: NodeJS.EventEmitter, refuse: () => void): void {
  const { raw } = request;
  const { 'content-length': length = '0', 'transfer-encoding': encoding } = raw.headers;
  if (Number(length) === 0 && encoding === undefined) return;
  if (!isConnection(raw.socket)) return;
  const demandEnd = (): void => {
    // of what nobody reads, as of a GET, the end has come and been told to nobody
    if (!raw.complete) refuse();
  };
  let timer = setTimeout(demandEnd, REQUEST_MS).unref();
  const lift = (): void => {
    clearTimeout(timer);
  };
  // not by what the route takes: before it is asked a parser may read what it does not take
  request.liftBodyDeadline = lift;
  raw.once('close', lift);
  answered.once('finish', () => {
    lift();
    if (raw.complete) return;
    timer = setTimeout(() => {
      if (!raw.complete) raw.socket.destroy();
    }, AFTER_ANSWER_MS).unref();
  });
}
