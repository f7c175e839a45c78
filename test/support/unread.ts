import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

/**
 * Asks so many things at once over one connection, and reads nothing of what is answered before it is told to. What
 * is asked last waits for all that was asked before it.
 */
export async function askUnread(
  port: number,
  targets: readonly string[],
  headers: Record<string, string> = {},
): Promise<Socket> {
  const lines = Object.entries({ host: 'localhost', ...headers }).map(([name, value]) => `${name}: ${value}\r\n`);
  const socket = connect(port, '127.0.0.1').pause();
  // it may well be reset
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  socket.write(targets.map((target) => `GET ${target} HTTP/1.1\r\n${lines.join('')}\r\n`).join(''));
  return socket;
}

/** Reads all that comes from now on. What it returns tells how many bytes that were. */
export function readAll(socket: Socket): () => number {
  let bytes = 0;
  socket.on('data', (chunk: Buffer) => (bytes += chunk.length)).resume();
  return () => bytes;
}
