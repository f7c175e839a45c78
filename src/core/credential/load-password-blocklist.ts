import { readFileSync } from 'node:fs';
import type { Settings } from '../../config/settings';
import { PasswordBlocklist } from './password-blocklist';

/**
 * The file of PASSWORD_BLOCKLIST, and with `PROFILE=hardened` the built-in list of common passwords as well; that one is
 * loaded only then, as it takes some megabytes.
 */
export async function loadPasswordBlocklist(settings: Settings): Promise<PasswordBlocklist> {
  const words = settings.passwordBlocklistFile === '' ? [] : readLines(settings.passwordBlocklistFile);
  if (!settings.isHardened) return new PasswordBlocklist(words, false);
  const { dictionary } = await import('@zxcvbn-ts/language-common');
  return new PasswordBlocklist([...words, ...dictionary['passwords-common']], true);
}

function readLines(path: string): string[] {
  try {
    const lines = readFileSync(path, 'utf8').split(/\r?\n/);
    return lines.filter((line) => line !== '');
  } catch (cause) {
    const { code = 'unknown error' } = cause as NodeJS.ErrnoException;
    throw new Error(`The file that PASSWORD_BLOCKLIST names cannot be read (${code}).`, { cause });
  }
}
