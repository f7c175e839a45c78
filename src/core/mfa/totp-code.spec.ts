import { matchingStep, STEP_SECONDS, totpCodeAt } from './totp-code';

const SECRET = Buffer.from('12345678901234567890');

describe('TOTP codes', () => {
  // RFC 6238 appendix B, SHA-1, cut to six digits
  it.each([
    [59, '287082'],
    [1111111109, '081804'],
    [1111111111, '050471'],
    [1234567890, '005924'],
    [2000000000, '279037'],
    [20000000000, '353130'],
  ])('at second %d the code is %s', (second, code) => {
    expect(totpCodeAt(SECRET, Math.floor(second / STEP_SECONDS))).toBe(code);
  });

  it.each([
    [-1, true],
    [0, true],
    [1, true],
    [-2, false],
    [2, false],
  ])('a code %d steps away is accepted: %s', (drift, isAccepted) => {
    const step = 50_000_000;
    const now = new Date(step * STEP_SECONDS * 1000 + 17_000);
    expect(matchingStep(SECRET, totpCodeAt(SECRET, step + drift), now)).toBe(isAccepted ? step + drift : null);
  });

  it('takes nothing that is not the code', () => {
    const now = new Date(59_000);
    for (const code of ['', '28708', '2870820', ' 287082', '28708２', '-87082']) {
      expect(matchingStep(SECRET, code, now)).toBeNull();
    }
  });
});
