import { randomBytes, randomInt } from 'node:crypto';
import { sha256 } from '../support/blobs-suite';
import { full } from '../support/full';
import { uploadTo } from '../support/raw-upload';
import type { ServiceProcess } from '../support/service-process';
import { StorageFolder } from '../support/storage-folder';

const ALL = full(80, 200);
/** So many at least were answered before the kill, and so many not. */
const EACH_SIDE = full(20, 50);
const CHUNK_BYTES = 65_536;

interface Attempt {
  readonly name: string;
  readonly bytes: Buffer;
  /** What was there before; null for a new file. */
  readonly former: string | null;
  isAnswered: boolean;
}

describe(`${ALL} uploads, cut by kill -9 in the middle`, () => {
  let folder: StorageFolder;
  let service: ServiceProcess;
  let attempts: Attempt[];

  beforeAll(async () => {
    folder = new StorageFolder();
    const victim = await folder.start({ environment: { DATABASE_POOL: '4', TRUST_PROXY: '127.0.0.1' } });
    attempts = await Promise.all(Array.from({ length: ALL }, (_, index) => anAttempt(victim, index)));
    await uploadUntilKilled(victim);
    service = await folder.start();
  }, 120_000);

  afterAll(() => folder.dispose());

  it('was cut where it hurts: many were answered, and many were not', () => {
    const answered = attempts.filter(({ isAnswered }) => isAnswered).length;
    expect(answered).toBeGreaterThanOrEqual(EACH_SIDE);
    expect(ALL - answered).toBeGreaterThanOrEqual(EACH_SIDE);
  });

  it('keeps what was answered whole, and of the rest nothing by halves', expectAllWhole);

  it('leaves debris, and none after the sweep, which takes nothing that is needed', async () => {
    const inUse = async () =>
      (await folder.ask<{ key: string }>('SELECT blob_key AS key FROM stored_objects')).map(({ key }) => key).sort();
    expect(folder.storedFiles().length).toBeGreaterThan((await inUse()).length);
    await folder.sweepAll();
    expect(folder.storedFiles()).toEqual(await inUse());
    expect(await folder.ask(`SELECT 1 FROM stored_blobs WHERE state <> 'kept'`)).toEqual([]);
    await expectAllWhole();
  });

  async function expectAllWhole(): Promise<void> {
    for (const { name, bytes, former, isAnswered } of attempts) {
      const answer = await service.get(`/storage/open/${name}`);
      const found = answer.status === 404 ? null : sha256(Buffer.from(await answer.arrayBuffer()));
      expect([200, 404]).toContain(answer.status);
      expect({ name, found, isOneOf: isAnswered ? [sha256(bytes)] : [sha256(bytes), former] }).toEqual({
        name,
        found,
        isOneOf: expect.arrayContaining([found]) as unknown,
      });
    }
  }

  /** Every third one writes over a file that is there. */
  async function anAttempt(victim: ServiceProcess, index: number): Promise<Attempt> {
    const name = `file-${index}`;
    const former = index % 3 === 0 ? randomBytes(50_000) : null;
    if (former) {
      const outcome = await uploadTo(`${victim.url}/storage/open/${name}`, [former], former.length, senderOf(name));
      expect(outcome?.status).toBe(200);
    }
    return {
      name,
      bytes: randomBytes(randomInt(1000, 3_000_000)),
      former: former && sha256(former),
      isAnswered: false,
    };
  }

  async function uploadUntilKilled(victim: ServiceProcess): Promise<void> {
    let answered = 0;
    await Promise.all(
      attempts.map(async (attempt) => {
        const { name, bytes } = attempt;
        const url = `${victim.url}/storage/open/${name}`;
        const outcome = await uploadTo(url, chunksOf(bytes), bytes.length, senderOf(name));
        if (outcome === null) return;
        expect(outcome.status).toBe(200);
        attempt.isAnswered = true;
        answered += 1;
        if (answered >= EACH_SIDE + 5) await victim.kill();
      }),
    );
  }
});

/** Four uploads a sender: of one alone few are taken at once. */
function senderOf(name: string): string {
  return `192.0.2.${Math.floor(Number(name.replace('file-', '')) / 4)}`;
}

function* chunksOf(bytes: Buffer): Generator<Buffer> {
  for (let offset = 0; offset < bytes.length; offset += CHUNK_BYTES) yield bytes.subarray(offset, offset + CHUNK_BYTES);
}
