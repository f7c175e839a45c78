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
  const [first = 0, second = 0, third = 0] = bytes.subarray(at, at + HEADER_BYTES);
  const versionBits = (second >> 3) & 3;
  const layer = 4 - ((second >> 1) & 3);
  if (first !== 0xff || second < 0xe0 || versionBits === 1 || layer === 4) return null;
  const rate = RATES[`${versionBits === 3 ? 1 : 2}/${layer}`]?.[(third >> 4) - 1];
  const samples = SAMPLES_A_SECOND[(third >> 2) & 3];
  if (rate === undefined || samples === undefined) return null;
  // MPEG 2 has half as many a second, 2.5 a quarter
  const perSecond = samples / ({ 3: 1, 2: 2, 0: 4 }[versionBits] ?? 1);
  return lengthOf(layer, versionBits, rate * 1000, perSecond, (third >> 1) & 1);
}

function lengthOf(layer: number, versionBits: number, rate: number, perSecond: number, padding: number): number {
  if (layer === 1) return (Math.floor((12 * rate) / perSecond) + padding) * 4;
  const slots = layer === 3 && versionBits !== 3 ? 72 : 144;
  return Math.floor((slots * rate) / perSecond) + padding;
}
