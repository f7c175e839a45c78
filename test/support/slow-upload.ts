import { request, type IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { eventually } from './eventually';
import { blobsOf, multipart, type StorageApp } from './storage';

type Outcome = [status: number, code: string | undefined];

/** Sends all but the last bytes of a file of 200 kB to a service that listens; what it returns sends them as well. */
export async function beginUpload(
  service: StorageApp,
  port: number,
  path: string,
  headers: Record<string, string>,
): Promise<() => Promise<Outcome>> {
  const before = blobsOf(service).length;
  const { payload, type } = multipart([{ content: 'a'.repeat(200_000) }]);
  const sent = request({ port, method: 'POST', path, headers: { ...headers, 'content-type': type }, agent: false });
  const answered = new Promise<IncomingMessage>((resolve, reject) => {
    sent.once('response', resolve).once('error', reject);
  });
  await new Promise<void>((resolve) => {
    sent.write(payload.subarray(0, -1000), () => {
      resolve();
    });
  });
  await eventually(() => {
    expect(blobsOf(service).length).toBeGreaterThan(before);
  });
  return async () => {
    sent.end(payload.subarray(-1000));
    const answer = await answered;
    return [answer.statusCode ?? 0, (JSON.parse(await text(answer)) as { code?: string }).code];
  };
}
