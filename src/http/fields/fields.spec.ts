import { isEmailAddress } from './is-email-address';
import { isSecretText } from './is-secret-text';
import { isUsername } from './is-username';

describe('an e-mail address', () => {
  it.each([
    'ada@example.org',
    'a.b+c_d-e@sub.example.org',
    'ada@localhost',
    'jürgen@exämple.org',
    '用户@例子.广告',
    "o'brien@example.org",
    ' ada@example.org ',
    `${'a'.repeat(64)}@${'b'.repeat(60)}.${'c'.repeat(60)}.${'d'.repeat(60)}.org`,
  ])('%s is one', (address) => {
    expect(isEmailAddress(address)).toBe(true);
  });

  it.each([
    '',
    '@',
    'ada',
    'ada@',
    '@example.org',
    'ada@b@example.org',
    'ada b@example.org',
    'ada@example.org\r\nBcc: all@example.org',
    'ada\u0000@example.org',
    'ada\u200b@example.org',
    'ada\u202egro@example.org',
    'ada@exam\u00adple.org',
    'ada@example.org,eve@example.org',
    '"ada b"@example.org',
    'Ada <ada@example.org>',
    'ada(comment)@example.org',
    'ada@[127.0.0.1]',
    'ada@example..org',
    '.ada@example.org',
    'ada.@example.org',
    'ada@-example.org',
    'ada＠b@example.org',
    'ada@example。org@x',
    'ada\ud800@example.org',
    `${'a'.repeat(65)}@example.org`,
    `a@${'b.'.repeat(130)}org`,
    `${'\u337f'.repeat(60)}@example.org`,
    7,
    null,
    undefined,
    ['ada@example.org'],
    { toString: () => 'ada@example.org' },
  ])('%j is none', (address) => {
    expect(isEmailAddress(address)).toBe(false);
  });

  it('is judged without running away, however long the text', () => {
    for (const text of [`${'a'.repeat(60_000)}@`, '@'.repeat(60_000), `a@${'.'.repeat(60_000)}`, ' '.repeat(60_000)]) {
      expect(isEmailAddress(text)).toBe(false);
    }
  });
});

describe('a username', () => {
  it.each(['ada', 'Ada-Lovelace_1815', 'x'.repeat(255), '阿达达', 'ada.lovelace', '𝒶𝒹𝒶'])('%s is one', (name) => {
    expect(isUsername(name)).toBe(true);
  });

  it.each([
    'ab',
    'x'.repeat(256),
    'a b',
    'ada@b',
    'ada＠b',
    'ada\n',
    'a\u0000da',
    'a\u200bda',
    '\u3164\u3164\u3164',
    'x\u2800y',
    'ada\ud800',
    '',
    7,
    null,
  ])('%j is none', (name) => {
    expect(isUsername(name)).toBe(false);
  });
});

describe('a secret as it arrives', () => {
  it.each(['x', ' ', 'ë'.repeat(64), '\u0000\n', '🔑🔑', 'x'.repeat(1024)])('%j is one', (secret) => {
    expect(isSecretText(secret)).toBe(true);
  });

  it.each(['', 'x'.repeat(1025), '\ud83d', 7, true, null, undefined, ['x'], {}])('%j is none', (secret) => {
    expect(isSecretText(secret)).toBe(false);
  });
});
