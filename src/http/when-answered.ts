import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Socket } from 'node:net';

/** What is to be done when a connection ends. One listener each: by pipelining there may be a thousand answers on one. */
const onEnd = new WeakMap<Socket, Set<() => void>>();

/**
 * Calls back, once, when an answer has been handed over whole, or nobody can have it any more. Of one that waits for its
 * turn behind others only the connection tells that.
 */
export function whenAnswered({ raw: { socket } }: FastifyRequest, { raw }: FastifyReply, then: () => void): void {
  if (raw.writableFinished || raw.closed || socket.destroyed) {
    then();
    return;
  }
  const ends = endsOf(socket);
  const over = (): void => {
    if (ends.delete(over)) then();
  };
  ends.add(over);
  raw.once('finish', over).once('close', over);
}

function endsOf(socket: Socket): Set<() => void> {
  const known = onEnd.get(socket);
  if (known) return known;
  const ends = new Set<() => void>();
  onEnd.set(socket, ends);
  socket.once('close', () => {
    for (const end of ends) end();
  });
  return ends;
}
