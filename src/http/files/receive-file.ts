import { Readable } from 'node:stream';
import type { Multipart, MultipartFile } from '@fastify/multipart';
import type { FastifyRequest } from 'fastify';
import type { IncomingFile } from '../../core/storage/access/upload-object.flow';
import { AppError } from '../../kernel/errors/app-error';
import { limitIdleness } from './idle-limit';

/** An upload that stands still so long is given up. */
const MOST_IDLE_MS = 60_000;
const LONGEST_NAME = 100;

/**
 * The one file of a multipart body (RFC 7578), in that field, as it comes in. Its stream ends only when the body has
 * ended as well, and with an error when something else follows: so a body that is wrong or cut off is never taken for a
 * whole one.
 *
 * @throws AppError `unsupported-media-type`, `malformed-body`; `validation` naming what is missing or too much
 */
export async function receiveFile(request: FastifyRequest, field: string): Promise<IncomingFile> {
  if (!request.isMultipart()) throw new AppError('unsupported-media-type');
  request.liftBodyDeadline?.();
  const moves = limitIdleness(request.raw.socket, 'bytesRead', MOST_IDLE_MS);
  const parts = request.parts();
  try {
    const part = await nextPart(parts);
    if (!part) throw fault(field, 'must be given');
    if (part.type !== 'file' || part.fieldname !== field) throw fault(part.fieldname, 'is not known here');
    const bytes = Readable.from(bytesOf(request, part, parts, moves), { objectMode: false });
    // an error that comes before anybody listens is told to whoever reads
    bytes.on('error', () => undefined);
    return { declaredType: part.mimetype, bytes };
  } catch (error) {
    letGo(request, moves);
    throw error;
  }
}

async function* bytesOf(
  request: FastifyRequest,
  part: MultipartFile,
  parts: AsyncIterableIterator<Multipart>,
  moves: () => void,
): AsyncGenerator<Buffer> {
  try {
    let isEmpty = true;
    for await (const chunk of told(part.file)) {
      isEmpty &&= chunk.length === 0;
      yield chunk;
    }
    // how forms send a field in which nobody has chosen a file (HTML, "constructing the entry list")
    if (isEmpty && !part.filename) throw fault(part.fieldname, 'must be given');
    const next = await nextPart(parts);
    if (next) throw fault(next.fieldname, 'is one part too much');
  } finally {
    letGo(request, moves);
  }
}

/** What the parser has against a body is the body's fault; what it says of it is nobody's business. */
async function* told(file: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  try {
    yield* file;
  } catch (error) {
    throw asMalformed(error);
  }
}

async function nextPart(parts: AsyncIterableIterator<Multipart>): Promise<Multipart | null> {
  try {
    const next = await parts.next();
    if (next.done === true) return null;
    // RFC 7578 §4.2: each part has a name; the parser's types say so, and its parts may have none
    if ((next.value.fieldname as string | undefined) === undefined) throw new AppError('malformed-body');
    return next.value;
  } catch (error) {
    throw asMalformed(error);
  }
}

function asMalformed(error: unknown): AppError {
  return error instanceof AppError ? error : new AppError('malformed-body', { cause: error });
}

/** What is left of a body goes by unread: a connection whose bytes nobody takes would never end. */
function letGo({ raw }: FastifyRequest, moves: () => void): void {
  moves();
  if (raw.readableEnded) return;
  raw.unpipe();
  raw.resume();
}

function fault(field: string, message: string): AppError {
  return new AppError('validation', { fields: [{ field: field.slice(0, LONGEST_NAME), message }] });
}
