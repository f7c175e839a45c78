import { randomBytes } from 'node:crypto';
import { totpGenerators } from '../../../test/support/totp-generators';
import { isTotpCode, matchingStep, stepAt, STEP_SECONDS, totpCodeAt } from './totp-code';
import { toBase32 } from './totp-secret';

const SECRET = Buffer.from('12345678901234567890');

// RFC 6238 appendix B, SHA-1, cut to six digits
const VECTORS: readonly (readonly [second: number, code: string])[] = [
  [59, '287082'],
  [1111111109, '081804'],
  [1111111111, '050471'],
  [1234567890, '005924'],
  [2000000000, '279037'],
  [20000000000, '353130'],
];

describe('TOTP codes', () => {
  it.each(VECTORS)('at second %d the code is %s', (second, code) => {
    expect(totpCodeAt(SECRET, Math.floor(second / STEP_SECONDS))).toBe(code);
    expect(matchingStep(SECRET, code, new Date(second * 1000))).toBe(Math.floor(second / STEP_SECONDS));
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
      expect(isTotpCode(code)).toBe(code === '287082');
    }
  });
});

describe.each(Object.entries(totpGenerators))('%s, which others wrote,', (_name, generate) => {
  it('shows the codes of RFC 6238', async () => {
    for (const [second, code] of VECTORS) {
      expect(await generate(toBase32(SECRET), new Date(second * 1000))).toBe(code);
    }
  });

  it('agrees with ours, for any secret, up to the last second of a step', async () => {
    for (let round = 0; round < 100; round += 1) {
      const secret = randomBytes(20);
      const step = stepAt(new Date('2026-01-15T12:00:00Z')) + round * 7919;
      for (const second of [0, STEP_SECONDS - 1]) {
        const instant = new Date((step * STEP_SECONDS + second) * 1000);
        expect(await generate(toBase32(secret), instant)).toBe(totpCodeAt(secret, step));
      }
    }
  });
});
