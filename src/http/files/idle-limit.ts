import type { Socket } from 'node:net';

/** Idleness is noticed by so much of itself late at most. */
const LOOKS = 12;

/**
 * Ends the connection when for so long no more bytes are read or written on it. Whoever calls it calls what it returns
 * when the transfer is over. A timer of its own: the one of the socket is node's, which closes by it what is kept alive,
 * and there may be several transfers at once, by pipelining, of which each has its limit.
 *
 * @param gone called when the connection has ended, by this or by itself, before the transfer was over: of an answer that
 *   waits for its turn nothing else tells
 */
export function limitIdleness(
  socket: Socket,
  direction: 'bytesRead' | 'bytesWritten',
  milliseconds: number,
  gone: () => void = () => undefined,
): () => void {
  if (!isConnection(socket)) return () => undefined;
  let [last, idleLooks] = [socket[direction], 0];
  const look = (): void => {
    const bytes = socket[direction];
    idleLooks = bytes === last ? idleLooks + 1 : 0;
    last = bytes;
    if (idleLooks >= LOOKS) socket.destroy();
    if (!socket.destroyed) return;
    clearInterval(timer);
    gone();
  };
  const timer = setInterval(look, Math.ceil(milliseconds / LOOKS)).unref();
  return () => {
    clearInterval(timer);
  };
}

/** False for a request that comes by no connection, as those of `inject` do, whatever the type says. */
export function isConnection(socket: object): boolean {
  return 'setTimeout' in socket;
}
