import type { FastifyReply, FastifyRequest } from 'fastify';
import { Readable } from 'node:stream';
import { limitIdleness } from './files/idle-limit';
import { whenAnswered } from './when-answered';

/** An answer that nobody takes for so long, or hardly, is given up: until then it is in memory. */
const MOST_IDLE_MS = 60_000;
/** Characters. */
const LONG_TEXT = 16 * 1024;

/** Sees to it that answers end. Streams, which have little in memory and may take long, have a limit of their own (`sendBytes`). */
export function watchAnswer(request: FastifyRequest, reply: FastifyReply, payload: unknown): void {
  if (payload instanceof Readable) return;
  whenAnswered(request, reply, limitIdleness(request.raw.socket, 'bytesWritten', MOST_IDLE_MS));
}

/**
 * As it is to wait until it is taken: a long text as its bytes. Of a text node would keep both, and three times the room that
 * its bytes take.
 */
export function asItWaits(payload: unknown): unknown {
  return typeof payload === 'string' && payload.length > LONG_TEXT ? Buffer.from(payload) : payload;
}
