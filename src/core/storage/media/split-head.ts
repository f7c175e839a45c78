import { Readable } from 'node:stream';
import { SNIFFED_BYTES } from './sniff';

/**
 * Reads a file's beginning, and gives it back with a stream of the whole file that begins with it. Destroying that stream
 * destroys the given one; an error of the given one is an error of it.
 */
export async function splitHead(bytes: Readable): Promise<{ readonly head: Buffer; readonly whole: Readable }> {
  const chunks = bytes[Symbol.asyncIterator]() as AsyncIterator<Buffer, undefined>;
  const first: Buffer[] = [];
  let length = 0;
  let isOver = false;
  while (length < SNIFFED_BYTES && !isOver) {
    const next = await chunks.next();
    isOver = next.done === true;
    if (next.value) {
      first.push(next.value);
      length += next.value.length;
    }
  }
  const head = Buffer.concat(first);
  const whole = Readable.from(rejoined(head, chunks), { objectMode: false });
  whole.once('close', () => {
    bytes.destroy();
  });
  return { head, whole };
}

async function* rejoined(head: Buffer, rest: AsyncIterator<Buffer, undefined>): AsyncGenerator<Buffer> {
  if (head.length > 0) yield head;
  for (let next = await rest.next(); next.done !== true; next = await rest.next()) yield next.value;
}
