export interface DecodedText {
  readonly text: string;
  /** Whether every byte was part of a character; where one was not, U+FFFD stands for it. */
  readonly isWhole: boolean;
}

const REPLACEMENT = 0xfffd;
/** Of sequences of two, three and four bytes: the least value that needs so many (RFC 3629 §3). */
const LEAST = [0, 0, 0x80, 0x800, 0x1_0000];

/**
 * Decodes UTF-8, and CESU-8 as well: some clients encode each half of a surrogate pair by itself, in three bytes (Unicode
 * Technical Report 26). Never fails.
 */
export function decodeText(bytes: Buffer): DecodedText {
  let text = '';
  let isWhole = true;
  for (let index = 0; index < bytes.length;) {
    const { code, length } = sequenceAt(bytes, index);
    if (code === null) isWhole = false;
    text += code !== null && code > 0xffff ? String.fromCodePoint(code) : String.fromCharCode(code ?? REPLACEMENT);
    index += length;
  }
  return text.isWellFormed() ? { text, isWhole } : { text: text.toWellFormed(), isWhole: false };
}

/** The code, of a surrogate too; null where the bytes are no character, and then one of them is passed over. */
function sequenceAt(bytes: Buffer, index: number): { code: number | null; length: number } {
  const first = bytes[index] ?? 0;
  if (first < 0x80) return { code: first, length: 1 };
  const length =
    first >= 0xf0 && first < 0xf8 ? 4 : first >= 0xe0 && first < 0xf0 ? 3 : first >= 0xc0 && first < 0xe0 ? 2 : 0;
  let code = first & (0xff >> (length + 1));
  for (let offset = 1; offset < length; offset += 1) {
    const next = bytes[index + offset] ?? 0;
    if ((next & 0xc0) !== 0x80) return { code: null, length: 1 };
    code = (code << 6) | (next & 0x3f);
  }
  const isShortest = length > 0 && code >= (LEAST[length] ?? 0) && code <= 0x10_ffff;
  return isShortest ? { code, length } : { code: null, length: 1 };
}
