import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { parseSettings, type Settings } from './settings';

/**
 * The only reader of the process's environment. Variables that are set win over the file `.env`.
 *
 * @throws SettingsError naming every fault at once
 */
export function readEnvironment(envFile = '.env'): Settings {
  return parseSettings({ ...readEnvFile(envFile), ...process.env });
}

function readEnvFile(path: string): Record<string, string | undefined> {
  try {
    return parseEnv(readFileSync(path, 'utf8'));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return {};
    throw error;
  }
}
