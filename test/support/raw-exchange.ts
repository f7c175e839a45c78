import { connect } from 'node:net';
import type { Response } from 'light-my-request';

export interface ExchangeOptions {
  /** The sender has nothing more to say, though it has promised more. */
  readonly isCutShort?: boolean;
}

const LONGEST_WAIT_MS = 20_000;

/** Everything that a server on this machine answers to some bytes, up to its closing the connection. */
export function exchange(
  port: number,
  bytes: string | Buffer,
  { isCutShort = false }: ExchangeOptions = {},
): Promise<string> {
  return new Promise((resolve, reject) => {
    let answer = '';
    const socket = connect(port, '127.0.0.1', () => {
      // latin1: each character is one byte, also those that no UTF-8 has
      if (isCutShort) socket.end(bytes, 'latin1');
      else socket.write(bytes, 'latin1');
    });
    const timer = setTimeout(() => {
      socket.destroy(new Error(`the connection stays open after: ${answer.slice(0, 200)}`));
    }, LONGEST_WAIT_MS);
    socket.on('data', (chunk) => (answer += chunk.toString()));
    socket.once('close', () => {
      clearTimeout(timer);
      resolve(answer);
    });
    socket.once('error', (error) => {
      clearTimeout(timer);
      // what was answered before a reset is the answer: the server closed while bytes were still coming
      if ((error as NodeJS.ErrnoException).code === 'ECONNRESET' || (error as NodeJS.ErrnoException).code === 'EPIPE')
        resolve(answer);
      else reject(error);
    });
  });
}

/** The first answer in what a server sent, to be looked at as one of `inject`. Null when there is none. */
export function firstAnswer(text: string): Response | null {
  const [head = '', ...rest] = text.replace(/^HTTP\/1\.1 100 Continue\r\n\r\n/, '').split('\r\n\r\n');
  const [statusLine = '', ...lines] = head.split('\r\n');
  const status = /^HTTP\/1\.1 (\d{3}) /.exec(statusLine)?.[1];
  if (status === undefined) return null;
  const headers = Object.fromEntries(
    lines.map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 1).trim()]),
  );
  const bytes = Buffer.from(rest.join('\r\n\r\n'));
  const body = bytes.subarray(0, Number(headers['content-length'] ?? bytes.length)).toString();
  const answer = { statusCode: Number(status), headers, body, json: () => JSON.parse(body) as unknown };
  // all that is read of an answer, of whatever it came through
  return answer as unknown as Response;
}
