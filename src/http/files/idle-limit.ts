import type { Socket } from 'node:net';

/** Idleness is noticed by so much of itself late at most. */
const LOOKS = 12;
/** Less is as good as nothing: by a byte now and then a transfer would be held open for ever. */
const LEAST_BYTES_PER_SECOND = 1024;

/**
 * Ends the connection when for so long hardly any more bytes are read or written on it. Whoever calls it calls what it
 * returns when the transfer is over. A timer of its own: the one of the socket is node's, which closes by it what is kept
 * alive, and there may be several transfers at once, by pipelining, of which each has its limit.
 */
export function limitIdleness(
  socket: Socket,
  direction: 'bytesRead' | 'bytesWritten',
  milliseconds: number,
): () => void {
  if (!isConnection(socket)) return () => undefined;
  const least = (LEAST_BYTES_PER_SECOND * milliseconds) / 1000;
  let [last, idleLooks] = [movedOn(socket, direction), 0];
  const look = (): void => {
    const bytes = movedOn(socket, direction);
    // where nothing waits to be taken it is not the reader who is slow
    const enough = direction === 'bytesWritten' && socket.writableLength === 0 ? 1 : least;
    if (bytes - last >= enough) [last, idleLooks] = [bytes, 0];
    else idleLooks += 1;
    if (idleLooks >= LOOKS) socket.destroy();
    if (socket.destroyed) clearInterval(timer);
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

/**
 * Bytes that came in or went out. node counts as written what still waits in this process; how much that is it keeps where
 * its own timer of idle sockets looks for it. Without that, an answer written at once would move once and then no more.
 */
function movedOn(socket: Socket, direction: 'bytesRead' | 'bytesWritten'): number {
  if (direction === 'bytesRead') return socket.bytesRead;
  const { _handle: handle } = socket as { _handle?: { readonly writeQueueSize?: number } | null };
  return socket.bytesWritten - (handle?.writeQueueSize ?? 0);
}
