import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseSettings } from '../../config/settings';
import { AppError } from '../../kernel/errors/app-error';
import { loadPasswordBlocklist } from './load-password-blocklist';
import { PasswordPolicy, type PasswordContext } from './password-policy.service';

const folder = mkdtempSync(join(tmpdir(), 'blocklist-'));

afterAll(() => {
  rmSync(folder, { recursive: true });
});

async function policyOf(environment: Record<string, string> = {}): Promise<PasswordPolicy> {
  const settings = parseSettings(environment);
  return new PasswordPolicy(settings, await loadPasswordBlocklist(settings));
}

function blocklistFile(...lines: readonly string[]): string {
  const path = join(folder, 'blocklist.txt');
  writeFileSync(path, lines.join('\r\n'));
  return path;
}

/** What is wrong with the password, or null. */
function faultOf(policy: PasswordPolicy, password: string, context?: PasswordContext): string | null {
  try {
    policy.check(password, 'new_password', context);
    return null;
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    expect(error.code).toBe('validation');
    expect(error.fields).toHaveLength(1);
    expect(error.fields[0]?.field).toBe('new_password');
    if (password.length > 3) expect(JSON.stringify(error.fields)).not.toContain(password);
    return error.fields[0]?.message ?? '';
  }
}

describe('in the profile of the contracts', () => {
  let policy: PasswordPolicy;

  beforeAll(async () => {
    policy = await policyOf();
  });

  it.each([
    ['6 characters', 'abcdef'],
    ['128 characters', 'a'.repeat(128)],
    ['the most common password', '123456'],
    ['128 characters beyond U+FFFF', '🐢'.repeat(128)],
    ['spaces and control characters', ' \u0000\t\n  '],
    ['64 characters that are not ASCII', 'й'.repeat(64)],
  ])('takes %s', (_case, password) => {
    expect(faultOf(policy, password)).toBeNull();
  });

  it.each([
    ['5 characters', 'abcde'],
    ['129 characters', 'a'.repeat(129)],
    ['nothing', ''],
    ['5 characters that take 10 UTF-16 units', '🐢'.repeat(5)],
    ['6 code points that NFKC makes 3 of', 'e\u0301'.repeat(3)],
    ['100 code points that NFKC makes 200 of', 'ĳ'.repeat(100)],
  ])('refuses %s', (_case, password) => {
    expect(faultOf(policy, password)).toBe('must have 6 to 128 characters');
  });

  it.each(['password\ud800', '\udc00password', 'pass\udc00\ud800word'])('refuses lone surrogates', (password) => {
    expect(faultOf(policy, password)).toBe('must be well-formed Unicode');
  });
});

describe('hardened', () => {
  let policy: PasswordPolicy;

  beforeAll(async () => {
    policy = await policyOf({ PROFILE: 'hardened' });
  });

  it.each([
    'correct horse battery',
    'Zwölf Boxkämpfer jagen',
    '937250173946281',
    'тридцать три коровы',
    'jX9#kQ2$vL7!mN4@',
  ])('takes what is no habit: %s', (password) => {
    expect(faultOf(policy, password)).toBeNull();
  });

  it('asks for 15 characters', () => {
    expect(faultOf(policy, 'jX9#kQ2$vL7!mN')).toBe('must have 15 to 128 characters');
  });

  it.each([
    'passwordpassword',
    'PasswordPassword',
    'password123456789',
    '123456789password',
    '123456789012345',
    'qwertyqwertyqwerty',
    'aaaaaaaaaaaaaaa',
    'abcabcabcabcabcabc',
    'ｐａｓｓｗｏｒｄｐａｓｓｗｏｒｄ',
    'latchkeylatchkey',
    'Latchkey123456789',
  ])('refuses what is built from a common password or our name: %s', (password) => {
    expect(faultOf(policy, password)).toBe('is too easy to guess');
  });

  it.each(['ada.lovelace@example.org', 'Ada.Lovelace123456', '!!ada.lovelace!!', 'countess1countess1'])(
    'refuses what is built from the person’s own names: %s',
    (password) => {
      const names = { email: 'ada.lovelace@example.org', username: 'Countess1' };
      expect(faultOf(policy, password, names)).toBe('is too easy to guess');
      expect(faultOf(policy, password, { email: 'bob@example.org' })).toBeNull();
    },
  );

  it('takes a phrase in which a name is one word of several', () => {
    expect(faultOf(policy, 'ada likes engines that compute', { email: 'ada@example.org' })).toBeNull();
  });
});

describe('PASSWORD_BLOCKLIST', () => {
  it('is kept to in any profile, without regard to case and width', async () => {
    const policy = await policyOf({ PASSWORD_BLOCKLIST: blocklistFile('Summer2026', '', 'летом2026') });
    for (const password of ['summer2026', 'SUMMER2026', 'ｓｕｍｍｅｒ2026', 'ЛЕТОМ2026']) {
      expect(faultOf(policy, password)).toBe('is too easy to guess');
    }
    for (const password of ['summer2027', 'summer20261', '123456']) expect(faultOf(policy, password)).toBeNull();
  });

  it('adds to the built-in list', async () => {
    const policy = await policyOf({
      PROFILE: 'hardened',
      PASSWORD_BLOCKLIST: blocklistFile('the works canteen'),
    });
    expect(faultOf(policy, 'The Works Canteen')).toBe('is too easy to guess');
    expect(faultOf(policy, 'passwordpassword')).toBe('is too easy to guess');
  });

  it('that cannot be read stops the start, by the setting’s name', async () => {
    const missing = join(folder, 'missing.txt');
    await expect(policyOf({ PASSWORD_BLOCKLIST: missing })).rejects.toThrow(/PASSWORD_BLOCKLIST.*ENOENT/);
  });
});
