import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { open, seal } from './secret-box';

const key = randomBytes(32);

describe('a sealed secret', () => {
  it('opens under its key and context, whatever it holds', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.string(), (bytes, context) => {
        const plaintext = Buffer.from(bytes);
        expect(open(key, seal(key, plaintext, context), context).equals(plaintext)).toBe(true);
      }),
    );
  });

  it('does not open in another place', () => {
    const sealed = seal(key, Buffer.from('secret'), 'service_keys/pepper');
    expect(() => open(key, sealed, 'service_keys/bucket')).toThrow('does not open');
  });

  it('does not open under another key', () => {
    const sealed = seal(key, Buffer.from('secret'), 'here');
    expect(() => open(randomBytes(32), sealed, 'here')).toThrow('does not open');
  });

  it('does not open with any one bit changed', () => {
    const sealed = seal(key, Buffer.from('secret'), 'here');
    for (let bit = 0; bit < sealed.length * 8; bit += 1) {
      const changed = Buffer.from(sealed);
      changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(() => open(key, changed, 'here')).toThrow();
    }
  });

  it('does not open when cut short, down to nothing', () => {
    const sealed = seal(key, Buffer.from('secret'), 'here');
    for (let length = 0; length < sealed.length; length += 1) {
      expect(() => open(key, sealed.subarray(0, length), 'here')).toThrow();
    }
  });

  it('looks different each time', () => {
    const sealed = Array.from({ length: 50 }, () => seal(key, Buffer.from('secret'), 'here').toString('hex'));
    expect(new Set(sealed).size).toBe(50);
  });
});
