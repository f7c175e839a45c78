export interface DecodedText {
  readonly text: string;
  /** Whether every byte was part of a character; where one was not, U+FFFD stands for it. */
  readonly isWhole: boolean;
}

/** A surrogate pair, each half encoded by itself; one letter a byte. */
const PAIR = /\xed([\xa0-\xaf][\x80-\xbf])\xed([\xb0-\xbf][\x80-\xbf])/g;

/**
 * Decodes UTF-8, and CESU-8 as well: some clients encode each half of a surrogate pair by itself, in three bytes (Unicode
 * Technical Report 26). Never fails.
 */
export function decodeText(bytes: Buffer): DecodedText {
  const joined = bytes.toString('latin1').replace(PAIR, (_pair, high: string, low: string) => {
    const code = 0x1_0000 + ((halfOf(high) & 0x3ff) << 10) + (halfOf(low) & 0x3ff);
    return Buffer.from(String.fromCodePoint(code)).toString('latin1');
  });
  const utf8 = Buffer.from(joined, 'latin1');
  const text = utf8.toString('utf8');
  return { text, isWhole: Buffer.from(text).equals(utf8) };
}

/** The low twelve bits, from the two bytes that follow ED. */
function halfOf(letters: string): number {
  return ((letters.charCodeAt(0) & 0x3f) << 6) | (letters.charCodeAt(1) & 0x3f);
}
