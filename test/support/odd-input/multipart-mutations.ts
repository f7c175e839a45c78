import * as fc from 'fast-check';
import { oddText } from './odd-text';

/** A body of an upload, and its type. */
export interface OddUpload {
  readonly bytes: Buffer;
  readonly type: string;
}

const BOUNDARY = 'an-odd-boundary';

/** Heads as browsers write them, and as nobody should (RFC 7578 §4). */
const FAIR_HEADS: readonly string[] = [
  'Content-Disposition: form-data; name="file"; filename="a.txt"\r\nContent-Type: text/plain\r\n',
  'Content-Disposition: form-data; name="file"; filename="a"\r\n',
  'content-disposition:form-data;filename="a";name=file\r\ncontent-type:image/png\r\n',
  `Content-Disposition: form-data; name="file"; filename*=UTF-8''%e2%82%ac.txt; filename="x"\r\n`,
  'Content-Disposition: form-data; name="file"; filename="../../etc/passwd"\r\nContent-Type: text/html; charset=x\r\n',
  'Content-Disposition: form-data; name="file"; filename="é\\"\u202e.txt"\r\nContent-Type: garbage\r\n',
];
const ODD_HEADS: readonly string[] = [
  '',
  'Content-Type: text/plain\r\n',
  'Content-Disposition: form-data\r\n',
  'Content-Disposition: form-data; filename="x"\r\n',
  'Content-Disposition: form-data; name; filename="x"\r\n',
  'Content-Disposition: form-data; name=; filename=\r\n',
  'Content-Disposition: form-data; name=""; filename="x"\r\n',
  'Content-Disposition: form-data; name="file"\r\n',
  'Content-Disposition: form-data; name="file\0"; filename="x\0"\r\n',
  'Content-Disposition: form-data; name="__proto__"; filename="x"\r\n',
  'Content-Disposition: form-data; name="constructor"\r\n',
  'Content-Disposition: form-data; name="file[]"; filename="x"\r\n',
  'Content-Disposition: attachment; name="file"; filename="x"\r\n',
  'Content-Disposition: form-data; name="file"; name="other"; filename="x"\r\n',
  `Content-Disposition: form-data; name*=utf-8''%ff%fe; filename*=utf-8''%zz\r\n`,
  `Content-Disposition: form-data; name="${'x'.repeat(20_000)}"; filename="x"\r\n`,
  `Content-Disposition: form-data; name="file"; filename="${'x'.repeat(100_000)}"\r\n`,
  `Content-Disposition: form-data; name="file"; filename="x"\r\n${'X-Odd: 1\r\n'.repeat(3000)}`,
  'Content-Disposition: form-data; name="file"; filename="x"\r\nContent-Transfer-Encoding: base64\r\n',
  'Content-Disposition: form-data; name="file"; filename="x"\r\nContent-Type: multipart/mixed; boundary=b\r\n',
  'Content-Disposition: form-data; name="file"; filename="x"\nContent-Type: text/plain\n',
  'Content-Disposition form-data\r\n: x\r\n',
];

const partOf = (head: string, content: Buffer): Buffer =>
  Buffer.concat([Buffer.from(`--${BOUNDARY}\r\n${head}\r\n`), content, Buffer.from('\r\n')]);

const content = (): fc.Arbitrary<Buffer> =>
  fc.oneof(
    fc.uint8Array({ maxLength: 3000 }).map((bytes) => Buffer.from(bytes)),
    oddText(200).map((text) => Buffer.from(text)),
    fc.constant(Buffer.from(`\r\n--${BOUNDARY}`.repeat(3).slice(0, -3))),
  );

const TYPES: readonly string[] = [
  `multipart/form-data; boundary="${BOUNDARY}"`,
  `Multipart/Form-Data;BOUNDARY=${BOUNDARY}`,
  `multipart/form-data; charset=utf-8; boundary=${BOUNDARY}; boundary=other`,
  'multipart/form-data',
  'multipart/form-data; boundary=',
  'multipart/form-data; boundary=other',
  `multipart/form-data; boundary=${'b'.repeat(300)}`,
  `multipart/mixed; boundary=${BOUNDARY}`,
  `multipart/form-data; boundary=${BOUNDARY}\u00e9`,
];

type Cut = (bytes: Buffer, at: number) => Buffer;

const CUTS: readonly Cut[] = [
  (bytes, at) => bytes.subarray(0, at),
  (bytes, at) => bytes.subarray(at),
  (bytes, at) => Buffer.concat([bytes.subarray(0, at), Buffer.from([0, 255, 13, 10]), bytes.subarray(at)]),
  (bytes) => Buffer.concat([bytes, bytes]),
  (bytes) => Buffer.concat([Buffer.from('a preamble\r\n'), bytes, Buffer.from('an epilogue')]),
  (bytes) => Buffer.from(bytes.toString('latin1').replaceAll('\r\n', '\n'), 'latin1'),
];

const ending = fc.constantFrom(`--${BOUNDARY}--\r\n`, `--${BOUNDARY}--`);

/** One file, as it should be, of a head that is fair. */
export function fairUpload(): fc.Arbitrary<OddUpload> {
  return fc.tuple(fc.constantFrom(...FAIR_HEADS), content(), ending).map(([head, bytes, end]) => ({
    bytes: Buffer.concat([partOf(head, bytes), Buffer.from(end)]),
    type: `multipart/form-data; boundary=${BOUNDARY}`,
  }));
}

/** Parts, bodies and types that are wrong in one way or several. */
export function foulUpload(): fc.Arbitrary<OddUpload> {
  const parts = fc.array(fc.tuple(fc.constantFrom(...FAIR_HEADS, ...ODD_HEADS, ...ODD_HEADS), content()), {
    maxLength: 3,
  });
  const cut = fc.option(fc.tuple(fc.constantFrom(...CUTS), fc.double({ min: 0, max: 1, noNaN: true })), { nil: null });
  const type = fc.oneof(
    { weight: 3, arbitrary: fc.constant(`multipart/form-data; boundary=${BOUNDARY}`) },
    { weight: 1, arbitrary: fc.constantFrom(...TYPES) },
  );
  return fc.tuple(parts, ending, cut, type).map(([all, end, how, declared]) => {
    const whole = Buffer.concat([...all.map(([head, bytes]) => partOf(head, bytes)), Buffer.from(end)]);
    const bytes = how ? how[0](whole, Math.floor(how[1] * whole.length)) : whole;
    return { bytes, type: declared };
  });
}
