import type { Socket } from 'node:net';
import { AppError } from '../../kernel/errors/app-error';
import type { ErrorResponder } from './error-responder.service';

/**
 * Answers bytes that node's parser refused (a broken request line, headers too long, a request too slow) in our own
 * shape: Fastify's answer would be in its own.
 */
export function answerClientError(error: Error, socket: Socket, responder: ErrorResponder | null): void {
  const { code } = error as NodeJS.ErrnoException;
  const hasBegun = 'bytesWritten' in socket && isAnswering(socket);
  if (code === 'ECONNRESET' || socket.destroyed || !socket.writable || hasBegun || !responder) {
    socket.destroy();
    return;
  }
  socket.end(responder.rawAnswer(new AppError(code === 'HPE_HEADER_OVERFLOW' ? 'too-large' : 'malformed-body')));
}

/** Node keeps the answer under way there; a second status line in the middle of it would be taken for its body. */
function isAnswering(socket: Socket): boolean {
  const { _httpMessage: message } = socket as { _httpMessage?: { headersSent?: boolean } | null };
  return message?.headersSent === true;
}
