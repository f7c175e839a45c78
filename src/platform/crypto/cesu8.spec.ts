import fc from 'fast-check';
import { decodeText } from './cesu8';

/** As clients do that go through a string by UTF-16 code units. */
function cesu8(text: string): Buffer {
  const bytes: number[] = [];
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charCodeAt(index);
    if (unit < 0x80) bytes.push(unit);
    else if (unit < 0x800) bytes.push(0xc0 | (unit >> 6), 0x80 | (unit & 0x3f));
    else bytes.push(0xe0 | (unit >> 12), 0x80 | ((unit >> 6) & 0x3f), 0x80 | (unit & 0x3f));
  }
  return Buffer.from(bytes);
}

function strictly(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return null; // not UTF-8
  }
}

const text = fc.string({ unit: 'binary', maxLength: 60 }).filter((candidate) => !/\p{Surrogate}/u.test(candidate));

it('UTF-8 and CESU-8 of one text are that text', () => {
  fc.assert(
    fc.property(text, (wanted) => {
      expect(decodeText(Buffer.from(wanted))).toEqual({ text: wanted, isWhole: true });
      expect(decodeText(cesu8(wanted))).toEqual({ text: wanted, isWhole: true });
    }),
    { numRuns: 1000 },
  );
});

it('whole text is what a strict decoder takes, but for surrogate pairs', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 12 }), (bytes) => {
      const strict = strictly(bytes);
      const decoded = decodeText(Buffer.from(bytes));
      if (strict !== null) expect(decoded).toEqual({ text: strict, isWhole: true });
      else if (decoded.isWhole) expect(cesu8(decoded.text).equals(Buffer.from(bytes))).toBe(true);
    }),
    { numRuns: 5000 },
  );
});

it.each<[string, number[]]>([
  ['a lone half of a pair', [0xed, 0xa0, 0xbd]],
  ['halves in the wrong order', [0xed, 0xb8, 0x80, 0xed, 0xa0, 0xbd]],
  ['a byte that follows nothing', [0x80]],
  ['a sequence cut short', [0x61, 0xe2, 0x82]],
  ['a longer form than needed', [0xc0, 0xaf]],
  ['a code beyond Unicode', [0xf4, 0x90, 0x80, 0x80]],
  ['FF', [0xff]],
])('%s is told, and is no error', (_what, bytes) => {
  const decoded = decodeText(Buffer.from(bytes));
  expect(decoded.isWhole).toBe(false);
  expect(decoded.text).toContain('\uFFFD');
});
