import { request, type ClientRequest } from 'node:http';
import { once } from 'node:events';

const BOUNDARY = 'boundary-of-a-test';
const HEAD = Buffer.from(
  `--${BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="file"\r\n` +
    'Content-Type: application/octet-stream\r\n\r\n',
);
const TAIL = Buffer.from(`\r\n--${BOUNDARY}--\r\n`);

/** The status of an answer, or null where the connection broke before there was one. */
export type UploadOutcome = { readonly status: number; readonly body: string } | null;

/**
 * Sends a file as a browser does, chunk by chunk as the service takes it, over a connection of its own.
 *
 * @param from the sender's address, for a service that trusts its proxy to tell it
 */
export async function uploadTo(
  url: string,
  chunks: Iterable<Buffer> | AsyncIterable<Buffer>,
  size: number,
  from?: string,
): Promise<UploadOutcome> {
  const sending = request(url, {
    method: 'POST',
    agent: false,
    headers: {
      'content-type': `multipart/form-data; boundary=${BOUNDARY}`,
      'content-length': HEAD.length + size + TAIL.length,
      ...(from === undefined ? {} : { 'x-forwarded-for': from }),
    },
  });
  const outcome = outcomeOf(sending);
  await send(sending, HEAD);
  for await (const chunk of chunks) {
    if (sending.destroyed) break;
    await send(sending, chunk);
  }
  sending.end(TAIL);
  return outcome;
}

/** Waits where the service does not keep up, and no longer than the connection lasts. */
async function send(sending: ClientRequest, chunk: Buffer): Promise<void> {
  if (sending.destroyed || sending.write(chunk)) return;
  const moved = new AbortController();
  await Promise.race([
    once(sending, 'drain', { signal: moved.signal }),
    once(sending, 'close', { signal: moved.signal }),
    once(sending, 'response', { signal: moved.signal }),
  ]).catch(() => undefined);
  moved.abort();
}

function outcomeOf(sending: ClientRequest): Promise<UploadOutcome> {
  return new Promise((resolve) => {
    const broken = (): void => {
      resolve(null);
    };
    sending.once('error', broken).once('close', broken);
    sending.once('response', (response) => {
      let body = '';
      response.setEncoding('utf8');
      response.on('data', (text: string) => (body += text)).once('error', broken);
      response.once('end', () => {
        resolve({ status: response.statusCode ?? 0, body });
      });
    });
  });
}
