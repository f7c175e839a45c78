/** Of MPEG 1, and of MPEG 2 and 2.5, in kilobits a second, by layer (ISO/IEC 11172-3 §2.4.2.3, 13818-3 §2.4.2.3). */
const RATES: Readonly<Record<string, readonly number[]>> = {
  '1/1': [32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448],
  '1/2': [32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384],
  '1/3': [32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320],
  '2/1': [32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256],
  '2/2': [8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160],
  '2/3': [8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160],
};
const SAMPLES_A_SECOND = [44_100, 48_000, 32_000];
/** By the bits of the version: MPEG 2 has half as many a second, 2.5 a quarter. */
const DIVISORS = [4, null, 2, 1];
const HEADER_BYTES = 4;

/**
 * Whether a frame of MPEG sound begins here, and where it ends another: eleven bits in a row, which is all that a table of
 * magic bytes looks at, stand at the beginning of other files, too.
 *
 * @param sample the beginning of a file; where it ends before the first frame does, the header has to do
 */
export function beginsWithMpegFrame(sample: Uint8Array): boolean {
  const length = frameLength(sample, 0);
  if (length === null) return false;
  return sample.length < length + HEADER_BYTES || frameLength(sample, length) !== null;
}

/** In bytes; null where no frame begins. */
function frameLength(bytes: Uint8Array, at: number): number | null {
  const header = Buffer.from(bytes.subarray(at, at + HEADER_BYTES));
  if (header.length < HEADER_BYTES || header.readUInt16BE() < 0xffe0) return null;
  const [, second = 0, third = 0] = header;
  return lengthOf((second >> 3) & 3, 4 - ((second >> 1) & 3), third);
}

/** @param third the header's third byte: bits of the rate, of the samples a second, and of the padding */
function lengthOf(version: number, layer: number, third: number): number | null {
  const divisor = DIVISORS[version] ?? null;
  // there are no rates of a layer that does not exist
  const rate = RATES[`${divisor === 1 ? 1 : 2}/${layer}`]?.[(third >> 4) - 1];
  const samples = SAMPLES_A_SECOND[(third >> 2) & 3];
  if (divisor === null || rate === undefined || samples === undefined) return null;
  const slots = Math.floor((slotsOf(layer, divisor) * rate * 1000 * divisor) / samples) + ((third >> 1) & 1);
  return layer === 1 ? slots * 4 : slots;
}

/** Eighths of the samples in a frame; of layer 1, where a slot has four bytes, a quarter of that. */
function slotsOf(layer: number, divisor: number): number {
  if (layer === 1) return 12;
  return layer === 3 && divisor > 1 ? 72 : 144;
}
