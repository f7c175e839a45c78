/** Turns one setting's text into its value; throws a `SettingFault` whose message never repeats the text. */
export type SettingParser<T> = (text: string) => T;

export class SettingFault extends Error {}

const DURATION_UNITS: Record<string, number> = { s: 1, m: 60, h: 3600, d: 86_400 };

/** `90`, `90s`, `15m`, `24h`, `30d` → seconds. */
export function duration(minSeconds: number, maxSeconds: number): SettingParser<number> {
  return (text) => {
    const match = /^(\d{1,9})([smhd]?)$/.exec(text);
    if (!match) throw new SettingFault('must be a duration such as 90s, 15m, 24h or 30d');
    const seconds = Number(match[1]) * (DURATION_UNITS[match[2] ?? ''] ?? 1);
    if (seconds < minSeconds || seconds > maxSeconds) {
      throw new SettingFault(`must be between ${minSeconds} and ${maxSeconds} seconds`);
    }
    return seconds;
  };
}

export function integer(min: number, max: number): SettingParser<number> {
  return (text) => {
    const value = Number(text);
    if (!/^\d+$/.test(text) || value < min || value > max) {
      throw new SettingFault(`must be a whole number from ${min} to ${max}`);
    }
    return value;
  };
}

export const flag: SettingParser<boolean> = (text) => {
  if (text === 'true') return true;
  if (text === 'false') return false;
  throw new SettingFault('must be true or false');
};

export function oneOf<const T extends string>(...choices: readonly T[]): SettingParser<T> {
  return (text) => {
    const found = choices.find((choice) => choice === text);
    if (found === undefined) throw new SettingFault(`must be one of ${choices.join(', ')}`);
    return found;
  };
}

export const plain: SettingParser<string> = (text) => text;

export function nonEmpty(text: string): string {
  if (text.trim() === '') throw new SettingFault('must not be empty');
  return text.trim();
}

export function list<T>(item: SettingParser<T>): SettingParser<readonly T[]> {
  return (text) =>
    text
      .split(',')
      .map((part) => part.trim())
      .filter((part) => part !== '')
      .map(item);
}

/** An URL of one of the given schemes, or empty. */
export function optionalUrl(...schemes: readonly string[]): SettingParser<string> {
  return (text) => {
    if (text === '') return '';
    const url = URL.canParse(text) ? new URL(text) : null;
    if (!url || !schemes.includes(url.protocol.replace(':', ''))) {
      throw new SettingFault(`must be empty or an URL with scheme ${schemes.join(' or ')}`);
    }
    return text;
  };
}

/** `https://id.example.org`: scheme and host, without path, query or credentials; kept without a trailing slash. */
export function origin(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : null;
  const isPlain = url?.pathname === '/' && url.search === '' && url.hash === '' && url.username === '';
  if (!url || !isPlain || !['http:', 'https:'].includes(url.protocol)) {
    throw new SettingFault('must be an http or https origin, such as https://id.example.org');
  }
  return url.origin;
}

/** The absolute http or https URL of a page to which `?token=` can be added, or empty. */
export function pageUrl(text: string): string {
  if (text !== '' && !isPage(text)) {
    throw new SettingFault('must be an http or https URL without fragment, credentials or a token of its own');
  }
  return text;
}

function isPage(text: string): boolean {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (!url || !['http:', 'https:'].includes(url.protocol)) return false;
  const isPlain = !text.includes('#') && url.username === '' && url.password === '' && !url.searchParams.has('token');
  return isPlain && /^[!-~]+$/.test(text);
}

export function emailAddress(text: string): string {
  if (!/^[^\s@<>,]+@[^\s@<>,]+$/.test(text)) throw new SettingFault('must hold e-mail addresses');
  return text;
}

/** 32 bytes as base64. */
export function key32(text: string): Buffer {
  const key = Buffer.from(text, 'base64');
  if (key.length !== 32 || key.toString('base64').replace(/=+$/, '') !== text.replace(/=+$/, '')) {
    throw new SettingFault('must be 32 bytes in base64 (several separated by commas)');
  }
  return key;
}

/**
 * Which proxies may tell the caller's address: `none`, a number of hops, or addresses and networks. Never "all": whoever
 * may name his own address is never limited.
 */
export function trustProxy(text: string): false | number | readonly string[] {
  if (text === '' || text === 'none') return false;
  if (/^\d{1,2}$/.test(text)) return Number(text) === 0 ? false : Number(text);
  const entries = list(plain)(text);
  const areNetworks = entries.every((entry) => /^[0-9a-fA-F:.]+(\/[1-9]\d{0,2})?$/.test(entry) || entry === 'loopback');
  if (entries.length === 0 || !areNetworks) {
    throw new SettingFault('must be none, a number of hops, or addresses and networks of the proxies');
  }
  return entries;
}
