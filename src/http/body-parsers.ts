import type { FastifyRequest } from 'fastify';
import { AppError } from '../kernel/errors/app-error';

/** Nobody's body is nested deeper; code that walks bodies by recursion must not be led to overflow its stack. */
const DEEPEST_BODY = 10;

/** Fields and list items, at every depth together: what validation costs grows with their number, not with their size. */
const MOST_VALUES = 256;

const FORBIDDEN_KEYS = new Set(['__proto__', 'constructor', 'prototype']);

/**
 * JSON in UTF-8; nothing at all is no body. Bytes that are no UTF-8 are refused, not replaced: two different passwords
 * must not become one.
 *
 * @throws AppError `malformed-body`
 */
export function parseJsonBody(bytes: Buffer): unknown {
  const text = decodeUtf8(bytes);
  if (text.trim() === '') return undefined;
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    // without the cause: the parser's text quotes the body
    throw new AppError('malformed-body');
  }
  demandTame(body);
  return body;
}

/** A posted HTML form; of a name given twice the last counts. */
export function parseFormBody(bytes: Buffer): Record<string, string> {
  const entries = [...new URLSearchParams(decodeUtf8(bytes))];
  if (entries.length > MOST_VALUES || entries.some(([name]) => FORBIDDEN_KEYS.has(name)))
    throw new AppError('malformed-body');
  return Object.fromEntries(entries);
}

/** Whether the route takes forms: only pages do, see `AcceptsForm`. */
export function takesForm(request: FastifyRequest): boolean {
  return (request.routeOptions.config as { acceptsForm?: boolean }).acceptsForm === true;
}

function decodeUtf8(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new AppError('malformed-body');
  }
}

/** No keys that reach prototypes, no depth and no number of values beyond measure. Walks level by level, without recursion. */
function demandTame(body: unknown): void {
  let level = [body];
  let count = 0;
  for (let depth = 0; level.length > 0; depth += 1) {
    level = level.flatMap(valuesIn);
    count += level.length;
    if (count > MOST_VALUES || (level.length > 0 && depth === DEEPEST_BODY)) throw new AppError('malformed-body');
  }
}

/** @throws AppError `malformed-body` where one is named as what every object has of its prototype */
function valuesIn(value: unknown): unknown[] {
  if (typeof value !== 'object' || value === null) return [];
  if (!Array.isArray(value) && Object.keys(value).some((key) => FORBIDDEN_KEYS.has(key))) {
    throw new AppError('malformed-body');
  }
  return Object.values(value) as unknown[];
}
