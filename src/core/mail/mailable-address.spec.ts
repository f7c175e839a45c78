import { isMailable } from './mailable-address';

describe('a mailable address', () => {
  it.each([
    'ada@example.org',
    'a.b+c@sub.example.org',
    "o'neill@example.org",
    'jürgen@exämple.org',
    '用户@例え.jp',
    'a@b',
  ])('%s is one', (address) => {
    expect(isMailable(address)).toBe(true);
  });

  it.each([
    'ada@example.org\r\nBcc: eve@example.org',
    'ada@example.org\nDATA',
    'ada@example.org, eve@example.org',
    'ada@example.org;eve@example.org',
    'Eve <eve@example.org>',
    '<eve@example.org>',
    '"ada smith"@example.org',
    'ada@example.org (comment)',
    'ada@@example.org',
    'ada@eve@example.org',
    'group:ada@example.org;',
    'ada\u2028@example.org',
    'ada\u0000@example.org',
    'ada\ud800@example.org',
    'ada\\@example.org',
    'ada',
    '@example.org',
    'ada@',
    '',
    `${'a'.repeat(65)}@example.org`,
  ])('%j is none', (address) => {
    expect(isMailable(address)).toBe(false);
  });
});
