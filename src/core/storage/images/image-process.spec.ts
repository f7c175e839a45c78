import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { ImageProcess } from './image-process';
import { IMAGE_LIMITS, type ImageLimits, type Rendering } from './rendering';

const LONG_MS = 60_000;

let folder: string;
let process: ImageProcess;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'latchkey-process-'));
  await sharp({ create: { width: 2000, height: 1000, channels: 3, background: 'red' } })
    .png()
    .toFile(join(folder, 'source'));
  process = new ImageProcess(LONG_MS);
});
afterEach(() => {
  process.kill();
  rmSync(folder, { recursive: true, force: true });
});

function run(limits: Partial<ImageLimits>, width: number | null = null): Promise<void> {
  const rendering: Rendering = { width, height: null, quality: 50, format: 'avif' };
  const [source, target] = [join(folder, 'source'), join(folder, 'target')];
  const task = { source, target, rendering, limits: { ...IMAGE_LIMITS, ...limits } };
  return process.run(() => Promise.resolve(task), LONG_MS);
}

it('makes one thumbnail after the other', async () => {
  await run({}, 64);
  await run({}, 64);
  expect([process.isIdle, process.hasEnded]).toEqual([true, false]);
});

it('is ended when it needs more memory than it may', async () => {
  await expect(run({ memoryBytes: 100 * 1024 * 1024 })).rejects.toThrow('ended with SIGKILL');
  expect(process.hasEnded).toBe(true);
});

it('makes no other image when it has kept too much memory', async () => {
  await run({ keptBytes: 0 });
  expect([process.isIdle, process.hasEnded]).toEqual([false, true]);
});
