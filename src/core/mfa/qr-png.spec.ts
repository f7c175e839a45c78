import jsQR from 'jsqr';
import { PNG } from 'pngjs';
import { newTotpSecret, otpauthUri, qrImage } from './totp-secret';

const PREFIX = 'data:image/png;base64,';

interface Read {
  readonly text: string | undefined;
  readonly image: PNG;
}

function read(dataUri: string): Read {
  expect(dataUri.startsWith(PREFIX)).toBe(true);
  // pngjs refuses a wrong CRC, a cut stream and an unknown filter
  const image = PNG.sync.read(Buffer.from(dataUri.slice(PREFIX.length), 'base64'));
  return { text: jsQR(new Uint8ClampedArray(image.data), image.width, image.height)?.data, image };
}

describe('the picture of a key URI', () => {
  it.each([
    ['an address', 'ada@example.org'],
    ['one letter', 'a'],
    ['what URIs escape', 'ada+latchkey & söhne?#@example.org'],
    ['the longest address', `${'x'.repeat(64)}@${'y'.repeat(185)}.org`],
    ['a name that escapes to nine letters a character', '名'.repeat(84)],
  ])('reads as what it was made from, for %s', (_, name) => {
    for (let round = 0; round < 2; round += 1) {
      const uri = otpauthUri('Latchkey', name, newTotpSecret());
      expect(uri).toContain(`:${encodeURIComponent(name)}?`);
      expect(read(qrImage(uri)).text).toBe(uri);
    }
  });

  it.each(['名'.repeat(255), '😀'.repeat(255), 'x'.repeat(1000)])('is had for a name too long for it, cut', (name) => {
    const uri = otpauthUri('Latchkey', name, newTotpSecret());
    expect(read(qrImage(uri)).text).toBe(uri);
  });

  it('is black on white, square, with four light modules on every side', () => {
    const { image } = read(qrImage(otpauthUri('Latchkey', 'ada@example.org', newTotpSecret())));
    const { width, height } = image;
    expect([width, width % 6]).toEqual([height, 0]);
    const isDark = (x: number, y: number): boolean => image.data[(y * width + x) * 4] === 0;
    const frame = Array.from({ length: width }, (_, x) => [isDark(x, 23), isDark(23, x), isDark(x, height - 24)]);
    expect(frame.flat()).not.toContain(true);
    // the corner of the first finder pattern
    expect([isDark(24, 24), isDark(24 + 7 * 6 - 1, 24), isDark(24 + 7 * 6, 24)]).toEqual([true, true, false]);
  });
});
