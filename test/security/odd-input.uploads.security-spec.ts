import * as fc from 'fast-check';
import { sha256 } from '../support/blobs-suite';
import { full } from '../support/full';
import { fairUpload, foulUpload, type OddUpload } from '../support/odd-input/multipart-mutations';
import { expectUnharmed, startOddService } from '../support/odd-input/odd-suite';
import { refusalIn } from '../support/odd-input/refusals';
import { aMember, blobsOf, type Member } from '../support/storage';

const BODIES = full(250, 4000);

let started: Awaited<ReturnType<typeof startOddService>>;
let ada: Member;
beforeAll(async () => {
  started = await startOddService();
  ada = await aMember(started.service);
});
afterAll(() => started.service.close());

const send = ({ bytes, type }: OddUpload, headers: Record<string, string> = {}) =>
  started.service.inject({
    method: 'POST',
    url: `/storage/user/${ada.id}/odd`,
    headers: { ...headers, 'content-type': type },
    payload: bytes,
  });

/** What stands there: its bytes' digest as told, and as they are. */
const standing = async (): Promise<{ told: string; is: string }> => {
  const answer = await started.service.get(`/storage/user/${ada.id}/odd`, ada.headers);
  return { told: String(answer.headers['etag']), is: `"${sha256(answer.rawPayload)}"` };
};

it('a file in a fair form is taken, one in a foul form is refused in the contract’s shape and changes nothing', async () => {
  const [fair] = fc.sample(fairUpload(), 1);
  if (fair) await send(fair, ada.headers);
  let taken = 0;
  let refused = 0;
  const upload = fc.oneof(
    fairUpload().map((one) => ({ ...one, isFair: true })),
    foulUpload().map((one) => ({ ...one, isFair: false })),
  );
  await fc.assert(
    fc.asyncProperty(upload, async ({ isFair, ...one }) => {
      const before = await standing();
      const answer = await send(one, ada.headers);
      const refusal = refusalIn(answer, 'native');
      const after = await standing();
      expect(after.told).toBe(after.is);
      if (refusal) expect(after).toEqual(before);
      else expect(answer.json()).toMatchObject({ ETag: after.is });
      if (isFair) expect(answer.statusCode).toBe(200);
      if (refusal) refused += 1;
      else taken += 1;
    }),
    { numRuns: BODIES },
  );
  expect(taken).toBeGreaterThan(0.3 * BODIES);
  expect(refused).toBeGreaterThan(0.2 * BODIES);
}, 600_000);

it('whoever may not write is told so whatever he sends', async () => {
  await fc.assert(
    fc.asyncProperty(foulUpload(), async (one) => {
      const answer = await send(one);
      expect([401, 415]).toContain(refusalIn(answer, 'native')?.status);
    }),
    { numRuns: full(60, 500) },
  );
});

it('nothing is left of what was refused, and the service is as it was', async () => {
  expect(blobsOf(started.service).filter((name) => name.endsWith('.part'))).toEqual([]);
  await expectUnharmed(started.service, started.log);
});
