import type { InjectOptions } from 'light-my-request';
import { multipart } from './storage';

export interface StorageRequestKind {
  readonly name: string;
  readonly isWrite: boolean;
  /** @param path without a slash before it */
  readonly of: (path: string, headers: Record<string, string>, query?: string) => InjectOptions;
}

type Method = 'GET' | 'HEAD' | 'DELETE' | 'POST';

function kind(method: Method, family: string, isUpload = false): StorageRequestKind {
  const { payload, type } = multipart([{ content: 'written over' }]);
  return {
    name: `${method} /storage/${family}…`,
    isWrite: method === 'POST' || method === 'DELETE',
    of: (path, headers, query = '') => ({
      method,
      url: `/storage/${family}${path}${query}`,
      headers: { ...headers, ...(isUpload ? { 'content-type': type } : {}) },
      ...(isUpload ? { payload } : {}),
    }),
  };
}

/** Everything that can be asked of a file, in both spellings. */
export const STORAGE_REQUESTS: readonly StorageRequestKind[] = [
  ...['', 'o/'].flatMap((family) => [
    kind('GET', family),
    kind('HEAD', family),
    kind('POST', family, true),
    kind('DELETE', family),
  ]),
  ...['meta/', 'm/'].flatMap((family) => [kind('GET', family), kind('POST', family), kind('DELETE', family)]),
];
