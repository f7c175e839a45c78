import { badPath, requestedPath, type RequestedPath } from '../../core/storage/storage-path';
import { AppError } from '../../kernel/errors/app-error';

const LONGEST_NAME = 100;

/** The absolute form of a request's target (RFC 9112 §3.2.2), which proxies send: its path is what follows. */
const ORIGIN = /^[a-z][a-z0-9+.-]*:\/\/[^/?#]*/i;

/**
 * The segments of a request's target as they were sent, neither decoded nor joined: routers decode once and lose which
 * slash was one. A target without a path is the top.
 */
export function rawSegments(target: string): string[] {
  const [path = ''] = target.replace(ORIGIN, '').split(/[?#]/, 1);
  return path.replace(/^\//, '').split('/');
}

/**
 * The storage path below a route's own segments. Each segment is decoded once; a slash at the end means a folder.
 *
 * @param prefixLength how many segments belong to the route
 * @returns null when there is nothing below them, not even a slash
 * @throws AppError `bad-url` saying what is wrong with the path
 */
export function storagePathBelow(target: string, prefixLength: number): RequestedPath | null {
  const below = rawSegments(target).slice(prefixLength);
  if (below.length === 0) return null;
  const isFolder = below.at(-1) === '';
  return requestedPath((isFolder ? below.slice(0, -1) : below).map(decodeSegment), isFolder);
}

/**
 * The query's names and values, each name once.
 *
 * @throws AppError `bad-url` when it is not UTF-8 in percent encoding; `validation` naming what is given twice, or holds
 *   a NUL character, which no row can keep
 */
export function singleQuery(target: string): ReadonlyMap<string, string> {
  const [, query = ''] = /\?([^#]*)/.exec(target) ?? [];
  const found = new Map<string, string>();
  for (const pair of query.split('&').filter((part) => part !== '')) {
    const [name, value] = splitPair(pair);
    if (found.has(name)) throw faultIn(name, 'must be given once');
    if (`${name}${value}`.includes('\0')) throw faultIn(name, 'must not hold a NUL character');
    found.set(name, value);
  }
  return found;
}

function splitPair(pair: string): [string, string] {
  const at = pair.indexOf('=');
  const parts = at < 0 ? [pair, ''] : [pair.slice(0, at), pair.slice(at + 1)];
  const [name = '', value = ''] = parts.map((part) => decodeQueryPart(part.replaceAll('+', ' ')));
  return [name, value];
}

function faultIn(name: string, message: string): AppError {
  return new AppError('validation', { fields: [{ field: name.replaceAll('\0', '').slice(0, LONGEST_NAME), message }] });
}

function decodeSegment(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    throw badPath('is not UTF-8 in percent encoding');
  }
}

function decodeQueryPart(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw new AppError('bad-url', { fields: [{ field: 'query', message: 'is not UTF-8 in percent encoding' }] });
  }
}
