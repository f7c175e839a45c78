import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { parseSettings, type Settings } from './settings';

/**
 * The only reader of the process's environment. Variables that are set win over the file `.env`.
 *
 * @throws SettingsError naming every fault at once
 */
export function readEnvironment(envFile = '.env'): Settings {
  // an empty variable counts as unset, so it does not hide what the file says
  const set = Object.entries(process.env).filter(([, value]) => value !== undefined && value.trim() !== '');
  return parseSettings({ ...readEnvFile(envFile), ...Object.fromEntries(set) });
}

function readEnvFile(path: string): Record<string, string | undefined> {
  try {
    return parseEnv(readFileSync(path, 'utf8'));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return {};
    throw error;
  }
}
