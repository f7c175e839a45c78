import fc from 'fast-check';
import { constantTimeEqual } from './constant-time';
import { hmacSha256, sha256 } from './digest';
import { randomDigits, randomToken } from './random';

describe('digests', () => {
  it('SHA-256 of "abc" is the one of FIPS 180-4', () => {
    expect(sha256('abc').toString('hex')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
  });

  it('HMAC-SHA-256 agrees with RFC 4231, test case 2', () => {
    const digest = hmacSha256(Buffer.from('Jefe'), 'what do ya want for nothing?');
    expect(digest.toString('hex')).toBe('5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843');
  });
});

describe('constantTimeEqual', () => {
  it('is equality of bytes, also for different lengths', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), fc.uint8Array({ maxLength: 40 }), (a, b) => {
        const [x, y] = [Buffer.from(a), Buffer.from(b)];
        expect(constantTimeEqual(x, Buffer.from(x))).toBe(true);
        expect(constantTimeEqual(x, y)).toBe(x.equals(y));
      }),
    );
  });
});

describe('random text', () => {
  it('is a token of as many bytes as asked for, in letters that are safe in URLs', () => {
    expect(randomToken()).toMatch(/^[\w-]{43}$/);
    expect(Buffer.from(randomToken(16), 'base64url')).toHaveLength(16);
    expect(new Set(Array.from({ length: 200 }, () => randomToken())).size).toBe(200);
  });

  it('has every digit at every place, zero at the front too', () => {
    const codes = Array.from({ length: 1000 }, () => randomDigits(6));
    expect(codes.every((code) => /^\d{6}$/.test(code))).toBe(true);
    for (let place = 0; place < 6; place += 1) expect(new Set(codes.map((code) => code[place])).size).toBe(10);
  });
});
