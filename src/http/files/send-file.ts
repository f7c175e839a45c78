import { Readable } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { ByteRange } from '../../core/storage/blobs/blobs.port';
import { AppError } from '../../kernel/errors/app-error';
import { byteRangeOf } from './byte-range';
import { httpDate } from './http-date';
import { whenAnswered } from '../when-answered';
import { limitIdleness } from './idle-limit';
import { isRangeWanted, judgePreconditions, type Representation } from './preconditions';
import { servedType } from './served-type';

/** A reader who takes nothing for so long is gone; players that pause ask again where they were. */
const MOST_IDLE_MS = 300_000;

/** The bytes of a file, ready to be read. */
export interface OpenedFile {
  readonly size: number;
  /** Called once, unless `release` is. */
  readonly read: (range: ByteRange | null) => Promise<Readable> | Readable;
  readonly release?: () => Promise<void>;
}

export interface SentFile extends Representation {
  readonly contentType: string;
  readonly filename: string;
  /** Whether anybody may have it, whatever he asks with. */
  readonly isOpenToAll: boolean;
  readonly open: () => Promise<OpenedFile> | OpenedFile;
}

/**
 * Answers with a file as RFC 9110 has it: HEAD, conditions, one range. The browser may show what is harmless, run nothing
 * of it, and must ask again each time whether it may still have it.
 *
 * @throws AppError `precondition-failed`, `range-not-satisfiable`, and what `open` throws
 */
export async function sendFile(request: FastifyRequest, reply: FastifyReply, file: SentFile): Promise<void> {
  const outcome = judgePreconditions(request.method, request.headers, file);
  if (outcome === 'failed') throw new AppError('precondition-failed');
  const caching = { 'Cache-Control': cacheControl(file.isOpenToAll), ETag: file.etag };
  if (outcome === 'not-modified') {
    void reply.code(304).headers({ ...caching, ...fileHeaders(request) });
    // of no payload at all to HEAD Fastify would say that the file has no bytes
    void reply.send(request.method === 'HEAD' ? Readable.from([]) : undefined);
    return;
  }
  const opened = await file.open();
  const range = await wantedRange(request, reply, file, opened);
  const bytes = request.method === 'GET' ? await opened.read(range) : await nothing(opened);
  void reply.headers({ ...caching, ...fileHeaders(request), ...contentHeaders(file) });
  if (range) {
    void reply.code(206).headers({
      'Content-Range': `bytes ${range.start}-${range.end}/${opened.size}`,
      'Content-Length': range.end - range.start + 1,
    });
  } else {
    void reply.header('Content-Length', opened.size);
  }
  sendBytes(request, reply, bytes);
}

function contentHeaders(file: SentFile): Record<string, string> {
  const { contentType, disposition } = servedType(file.contentType, file.filename);
  return {
    'Content-Type': contentType,
    'Content-Disposition': disposition,
    'Last-Modified': httpDate(file.lastModified),
    'Accept-Ranges': 'bytes',
  };
}

/** Who may keep it; and before it is shown again, whether it may be and is still the same is asked here. */
export function cacheControl(isOpenToAll: boolean): string {
  return `${isOpenToAll ? 'public' : 'private'}, no-cache`;
}

/** What every answer with bytes of somebody's carries: nothing in it runs, and it is what it is called. */
export function fileHeaders(request: FastifyRequest): Record<string, string> {
  return {
    'Content-Security-Policy': 'sandbox',
    'X-Content-Type-Options': 'nosniff',
    // what is given to whoever has the address may stand in pages of other sites; what is given to a cookie may not
    ...(request.principal ? {} : { 'Cross-Origin-Resource-Policy': 'cross-origin' }),
  };
}

/** Sends a stream; the connection does not outlive a reader who has gone to sleep. */
export function sendBytes(
  request: FastifyRequest,
  reply: FastifyReply,
  bytes: Readable,
  mostIdleMs: number = MOST_IDLE_MS,
): void {
  const over = limitIdleness(request.raw.socket, 'bytesWritten', mostIdleMs);
  void reply.send(bytes);
  whenAnswered(request, reply, () => {
    over();
    bytes.destroy();
  });
}

async function wantedRange(
  request: FastifyRequest,
  reply: FastifyReply,
  file: SentFile,
  opened: OpenedFile,
): Promise<ByteRange | null> {
  // RFC 9110 §14.2: of all methods only GET knows ranges
  if (request.method !== 'GET' || !isRangeWanted(request.headers, file)) return null;
  try {
    return byteRangeOf(request.headers.range, opened.size);
  } catch (error) {
    await opened.release?.();
    void reply.header('Content-Range', `bytes */${opened.size}`);
    throw error;
  }
}

/** For HEAD: a stream, so that Fastify leaves the length as it was set. */
async function nothing(opened: OpenedFile): Promise<Readable> {
  await opened.release?.();
  return Readable.from([]);
}
