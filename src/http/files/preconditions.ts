import type { IncomingHttpHeaders } from 'node:http';
import { parseHttpDate } from './http-date';

/** What there is, as conditions see it. */
export interface Representation {
  /** As sent, in quotes, strong. */
  readonly etag: string;
  readonly lastModified: Date;
}

export type PreconditionOutcome = 'met' | 'not-modified' | 'failed';

const SECOND_MS = 1000;
/** RFC 9110 §8.8.3; the fields hold bytes as Latin-1. */
const ENTITY_TAG = /(?:W\/)?"[\x21\x23-\x7e\x80-\xff]*"/g;

/**
 * Judges the conditional fields of a request in the order of RFC 9110 §13.2.2, of what there is now (null: nothing).
 * `If-Range` is judged apart (`isRangeWanted`).
 */
export function judgePreconditions(
  method: string,
  headers: IncomingHttpHeaders,
  current: Representation | null,
): PreconditionOutcome {
  const isRead = method === 'GET' || method === 'HEAD';
  if (!holdsMatch(headers, current)) return 'failed';
  const none = headers['if-none-match'];
  if (none !== undefined) {
    if (!names(none, current, weakly)) return 'met';
    return isRead ? 'not-modified' : 'failed';
  }
  const since = dateIn(headers['if-modified-since']);
  if (!isRead || since === null || current === null) return 'met';
  return secondOf(current.lastModified) <= since ? 'not-modified' : 'met';
}

/**
 * Whether `Range` counts: there is no `If-Range`, or it names what there is. A date never does (RFC 9110 §13.1.5 asks for
 * a strong one, and whether it was cannot be seen from here), so its sender gets the whole, which is always right.
 */
export function isRangeWanted(headers: IncomingHttpHeaders, current: Representation): boolean {
  const field = headers['if-range'];
  return field === undefined || (typeof field === 'string' && field.trim() === current.etag);
}

/** `If-Match`, or `If-Unmodified-Since` where there is none. */
function holdsMatch(headers: IncomingHttpHeaders, current: Representation | null): boolean {
  const match = headers['if-match'];
  if (match !== undefined) return names(match, current, strongly);
  const since = dateIn(headers['if-unmodified-since']);
  return since === null || current === null || secondOf(current.lastModified) <= since;
}

/** Whether the field names what there is; `*` names anything. */
function names(field: string, current: Representation | null, isSame: (tag: string, etag: string) => boolean): boolean {
  if (current === null) return false;
  if (field.trim() === '*') return true;
  return (field.match(ENTITY_TAG) ?? []).some((tag) => isSame(tag, current.etag));
}

/** RFC 9110 §8.8.3.2. */
function strongly(tag: string, etag: string): boolean {
  return tag === etag;
}

function weakly(tag: string, etag: string): boolean {
  return tag.replace(/^W\//, '') === etag;
}

/** What is no date is ignored (RFC 9110 §13.1.3, §13.1.4). */
function dateIn(field: string | undefined): number | null {
  return field === undefined ? null : parseHttpDate(field.trim());
}

function secondOf(instant: Date): number {
  return Math.floor(instant.getTime() / SECOND_MS) * SECOND_MS;
}
