import { copyFileSync, existsSync, openSync, closeSync, fstatSync, readSync, statSync, truncateSync } from 'node:fs';
import { join } from 'node:path';

const LARGEST_BYTES = 1_048_576;
const TAIL_BYTES = 1_500;

export function serverLogFile(dataFolder: string): string {
  return join(dataFolder, 'server.log');
}

/**
 * Keeps the server's log to two files of about a megabyte. The server appends, so cutting the file under its hands
 * is safe; lines written between copy and cut are lost.
 */
export function boundServerLog(dataFolder: string): void {
  const file = serverLogFile(dataFolder);
  if (!existsSync(file) || statSync(file).size <= LARGEST_BYTES) return;
  copyFileSync(file, `${file}.old`);
  truncateSync(file, 0);
}

/** The last lines, to say why a server did not start. */
export function tailOfServerLog(dataFolder: string): string {
  if (!existsSync(serverLogFile(dataFolder))) return '';
  const file = openSync(serverLogFile(dataFolder), 'r');
  try {
    const { size } = fstatSync(file);
    const buffer = Buffer.alloc(Math.min(size, TAIL_BYTES));
    readSync(file, buffer, 0, buffer.length, size - buffer.length);
    return buffer.toString('utf8').trim();
  } finally {
    closeSync(file);
  }
}
