import type { Socket } from 'node:net';
import { AppError } from '../../kernel/errors/app-error';
import type { ErrorResponder, RawRequestLine } from './error-responder.service';

const LONGEST_LINE = 1024;
/** Long enough for the answer to be read; who does not hang up himself would keep the connection for ever. */
const AFTER_ANSWER_MS = 5_000;

/** The answer that node is about to give on a connection, and to what. */
interface AnswerUnderWay {
  readonly headersSent?: boolean;
  readonly req?: { readonly method?: string; readonly url?: string };
}

/**
 * Answers bytes that node's parser refused (a broken request line, headers too long, a request too slow, a body cut short)
 * in our own shape: Fastify's answer would be in its own.
 */
export function answerClientError(error: Error, socket: Socket, responder: ErrorResponder | null): void {
  const { code, rawPacket } = error as NodeJS.ErrnoException & { readonly rawPacket?: Buffer };
  const underWay = underWayOn(socket);
  // a second status line in the middle of an answer would be taken for its body
  const isFree = socket.writable && !socket.destroyed && underWay?.headersSent !== true;
  if (code === 'ECONNRESET' || !isFree || !responder) {
    socket.destroy();
    return;
  }
  const refusal = new AppError(code === 'HPE_HEADER_OVERFLOW' ? 'too-large' : 'malformed-body');
  socket.end(responder.rawAnswer(refusal, requestLineIn(underWay?.req ? lineOf(underWay.req) : rawPacket)));
  const timer = setTimeout(() => socket.destroy(), AFTER_ANSWER_MS).unref();
  socket.once('close', () => {
    clearTimeout(timer);
  });
}

function lineOf({ method = '', url = '' }: NonNullable<AnswerUnderWay['req']>): Buffer {
  return Buffer.from(`${method} ${url}`, 'latin1');
}

/** Node keeps it there, from when the head of a request has been read. */
function underWayOn(socket: Socket): AnswerUnderWay | null {
  return (socket as { _httpMessage?: AnswerUnderWay | null })._httpMessage ?? null;
}

/** As far as it can be read (RFC 9112 §3): enough to tell whose shape the answer takes, and good for nothing else. */
function requestLineIn(bytes: Buffer = Buffer.alloc(0)): RawRequestLine {
  const [, method = '', path = '/'] = /^(\S+) (\/[^\s?#]*)/.exec(bytes.toString('latin1', 0, LONGEST_LINE)) ?? [];
  return { method, path };
}
