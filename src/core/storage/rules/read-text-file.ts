import { closeSync, fstatSync, openSync, readFileSync } from 'node:fs';

const MOST_BYTES = 1024 * 1024;

/** The text of a file that people write; a fault, without the file's name, where it cannot be one. */
export function readTextFile(path: string): { readonly text: string } | { readonly fault: string } {
  try {
    const file = openSync(path, 'r');
    try {
      const found = fstatSync(file);
      // before it is read: a device or a pipe may have no end
      if (!found.isFile()) return { fault: 'is not a file' };
      if (found.size > MOST_BYTES) return { fault: `is larger than ${MOST_BYTES} bytes` };
      return { text: new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(file)) };
    } finally {
      closeSync(file);
    }
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    if (code === 'ERR_ENCODING_INVALID_ENCODED_DATA') return { fault: 'is not UTF-8' };
    return { fault: code === 'ENOENT' ? 'is not there' : `cannot be read (${code})` };
  }
}
