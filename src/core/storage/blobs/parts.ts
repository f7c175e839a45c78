/**
 * Cuts a stream into parts of exactly `partBytes`, the last one shorter; of an empty stream one empty part. One part is
 * in memory at a time: do with it what is to be done before asking for the next.
 */
export async function* partsOf(
  source: AsyncIterable<Uint8Array>,
  partBytes: number,
): AsyncGenerator<Buffer, undefined> {
  const part = Buffer.allocUnsafeSlow(partBytes);
  let filled = 0;
  let count = 0;
  for await (const chunk of source) {
    for (let offset = 0; offset < chunk.length;) {
      if (filled === partBytes) {
        yield part;
        count += 1;
        filled = 0;
      }
      const bytes = Math.min(partBytes - filled, chunk.length - offset);
      part.set(chunk.subarray(offset, offset + bytes), filled);
      filled += bytes;
      offset += bytes;
    }
  }
  if (filled > 0 || count === 0) yield part.subarray(0, filled);
  return undefined;
}
