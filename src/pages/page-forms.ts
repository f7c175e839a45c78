import type { FastifyReply } from 'fastify';
import { AppError } from '../kernel/errors/app-error';

/** One text of a posted form or of a query; anything else counts as empty. */
export function textOf(source: unknown, name: string): string {
  if (typeof source !== 'object' || source === null) return '';
  const value: unknown = (source as Record<string, unknown>)[name];
  return typeof value === 'string' ? value : '';
}

/** What a posted form answers: the page of success, or the form again, saying what was wrong. */
export async function answerForm(
  reply: FastifyReply,
  work: () => Promise<string>,
  formAgain: (problem: string) => string,
): Promise<string> {
  try {
    return await work();
  } catch (error) {
    const problem = messageFor(error);
    if (problem === null) throw error;
    void reply.code(400);
    return formAgain(problem);
  }
}

/** Two fields that should hold the same password do not. */
export function differing(field: string): AppError {
  return new AppError('validation', { fields: [{ field, message: 'is not the same in both fields' }] });
}

/** What a page says about a refusal, in words for people; null for what is no refusal and belongs to the error filter. */
function messageFor(error: unknown): string | null {
  if (!(error instanceof AppError)) return null;
  if (error.code === 'validation') return error.fields.map(({ message }) => sentence(message)).join(' ');
  return MESSAGES[error.code] ?? null;
}

const MESSAGES: Partial<Record<AppError['code'], string>> = {
  'invalid-ticket': 'This link is not valid any more: it was used, it has expired, or a newer one took its place.',
  'invalid-token': 'This browser did not begin a registration, or that was longer than a day ago.',
  'invalid-credentials': 'That password is not right.',
  'too-many-requests': 'Too many tries from your network. Wait a few minutes and try again.',
  locked: 'Too many failed tries. Wait a while and try again.',
  busy: 'The service is busy. Try again in a moment.',
};

function sentence(message: string): string {
  return `The password ${message}.`;
}
