import { Agent, request } from 'node:http';

/** What came of one guess. */
export interface Guessed {
  /** A status with its code, such as `401 invalid-credentials`; `broken`: the connection ended without an answer. */
  readonly outcome: string;
  readonly retryAfterSeconds: number | null;
}

const BROKEN: Guessed = { outcome: 'broken', retryAfterSeconds: null };

/** A POST over a connection of its own, as each member of a botnet makes it; `from`: its address, behind one proxy. */
export function guessOver(port: number, path: string, body: object, headers: Record<string, string> = {}) {
  const text = JSON.stringify(body);
  const length = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) };
  const agent = new Agent({ keepAlive: false, maxSockets: 1 });
  return new Promise<Guessed>((resolve) => {
    const fail = (): void => {
      resolve(BROKEN);
    };
    const to = { agent, host: '127.0.0.1', port, method: 'POST', path, headers: { ...headers, ...length } };
    const outgoing = request(to, (answer) => {
      let json = '';
      answer.on('error', fail);
      answer.on('data', (chunk) => (json += String(chunk)));
      answer.once('end', () => {
        resolve(guessed(answer.statusCode ?? 0, answer.headers['retry-after'], json));
      });
    });
    outgoing.on('error', fail);
    outgoing.end(text);
  });
}

/** An address that no other index has. */
export function networkOf(index: number): { 'x-forwarded-for': string } {
  return { 'x-forwarded-for': `198.51.${String(100 + Math.floor(index / 250))}.${String(1 + (index % 250))}` };
}

function guessed(status: number, retryAfter: string | undefined, json: string): Guessed {
  const code = json === '' ? '' : ((JSON.parse(json) as { code?: string }).code ?? '');
  return {
    outcome: `${String(status)} ${code}`.trim(),
    retryAfterSeconds: retryAfter === undefined ? null : Number(retryAfter),
  };
}
