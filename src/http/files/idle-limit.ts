import type { Socket } from 'node:net';

/**
 * Ends the connection when for so long nothing moves on it. Whoever calls it calls what it returns when the transfer is
 * over.
 */
export function limitIdleness(socket: Socket, milliseconds: number): () => void {
  const cut = (): void => {
    socket.destroy();
  };
  if (!isConnection(socket)) return () => undefined;
  socket.setTimeout(milliseconds);
  socket.once('timeout', cut);
  return () => {
    socket.removeListener('timeout', cut);
    socket.setTimeout(0);
  };
}

/** False for a request that comes by no connection, as those of `inject` do, whatever the type says. */
export function isConnection(socket: object): boolean {
  return 'setTimeout' in socket;
}
