import type { Socket } from 'node:net';

/**
 * Ends the connection when for so long nothing moves on it. Whoever calls it calls what it returns when the transfer is
 * over.
 */
export function limitIdleness(socket: Socket, milliseconds: number): () => void {
  const cut = (): void => {
    socket.destroy();
  };
  // a request that comes by no connection has no timer either, whatever the type says
  if (!('setTimeout' in socket)) return () => undefined;
  socket.setTimeout(milliseconds);
  socket.once('timeout', cut);
  return () => {
    socket.removeListener('timeout', cut);
    socket.setTimeout(0);
  };
}
