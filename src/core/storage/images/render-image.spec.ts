import { createHash, randomUUID } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import sharp from 'sharp';
import { TestClock } from '../../../../test/support/test-clock';
import { parseSettings, type Settings } from '../../../config/settings';
import { AppError } from '../../../kernel/errors/app-error';
import { DiskBlobs } from '../blobs/disk-blobs.service';
import { OpenObject } from '../objects/open-object.flow';
import type { StoredObject } from '../objects/stored-object';
import { ImageCache } from './image-cache.service';
import { ImagePool } from './image-pool.service';
import { RenderImage } from './render-image.flow';
import type { ImageWish } from './rendering';

let dataDir: string;
let settings: Settings;
let clock: TestClock;
let blobs: DiskBlobs;
let pool: ImagePool;
let cache: ImageCache;
let images: RenderImage;

beforeAll(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'latchkey-images-'));
  settings = parseSettings({ NODE_ENV: 'test', DATA_DIR: dataDir, IMAGE_CACHE_BYTES: '1048576' });
  clock = new TestClock();
  blobs = new DiskBlobs(join(dataDir, 'blobs'));
  pool = new ImagePool(settings);
  cache = new ImageCache(settings, clock);
  images = new RenderImage(cache, pool, new OpenObject(blobs), clock);
});
afterAll(() => {
  pool.onApplicationShutdown();
  rmSync(dataDir, { recursive: true, force: true });
});

async function stored(bytes: Buffer, borneOutType: string): Promise<StoredObject> {
  const blobKey = randomUUID().replaceAll('-', '');
  await blobs.write(blobKey, Readable.from([bytes]));
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const path = { path: 'a', folder: '', filename: 'a', owner: null, metadata: { token: 't' } };
  return {
    ...path,
    contentType: 'image/x-any',
    borneOutType,
    size: bytes.length,
    sha256,
    createdAt: clock.now(),
    updatedAt: clock.now(),
    blobKey,
  };
}

async function rendered(object: StoredObject, wish: ImageWish, caller = 'somebody'): Promise<Buffer> {
  const file = await images.execute(object, wish, { caller, signal: new AbortController().signal });
  const bytes = await file.readFile();
  await file.close();
  return bytes;
}

async function refusalOf(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => 'made',
    (error: unknown) => (error instanceof AppError ? error.code : String(error)),
  );
}

function aPicture(width: number, height: number): sharp.Sharp {
  return sharp({ create: { width, height, channels: 3, background: { r: 200, g: 30, b: 30 } } });
}

it.each([
  [{ width: 100 }, 128, 64],
  [{ height: 20 }, 64, 32],
  [{ width: 300, height: 40 }, 96, 48],
  [{ width: 8192 }, 1024, 512],
  [{}, 1024, 512],
])(
  '%j of 1024 × 512 pixels is rounded up to a step, keeps its proportions, and is not enlarged',
  async (wish, width, height) => {
    const object = await stored(await aPicture(1024, 512).jpeg().toBuffer(), 'image/jpeg');
    expect(await sharp(await rendered(object, wish)).metadata()).toMatchObject({ format: 'jpeg', width, height });
  },
);

it.each([
  ['webp', 'webp'],
  ['avif', 'heif'],
  ['jpeg', 'jpeg'],
  ['png', 'png'],
] as const)('%s comes out of every kind of source', async (format, made) => {
  const sources = { jpeg: 'image/jpeg', png: 'image/png', webp: 'image/webp', avif: 'image/avif', gif: 'image/gif' };
  for (const [source, contentType] of Object.entries(sources)) {
    const bytes = await aPicture(40, 30)
      .toFormat(source as 'jpeg')
      .toBuffer();
    const result = await rendered(await stored(bytes, contentType), { format });
    expect(await sharp(result).metadata()).toMatchObject({ format: made, width: 40, height: 30 });
  }
});

it('a picture is turned as its EXIF says, and says nothing else of where it was taken', async () => {
  const bytes = await aPicture(200, 100)
    .withExif({ IFD0: { Artist: 'somebody' }, IFD3: { GPSLatitude: '48/1 8/1 0/1' } })
    .withMetadata({ orientation: 6 })
    .jpeg()
    .toBuffer();
  const result = await sharp(await rendered(await stored(bytes, 'image/jpeg'), { width: 100 })).metadata();
  expect(result).toMatchObject({ width: 100, height: 200 });
  expect([result.orientation, result.exif, result.icc, result.xmp]).toEqual([
    undefined,
    undefined,
    undefined,
    undefined,
  ]);
});

it('less quality weighs less', async () => {
  const noise = await sharp({
    create: {
      width: 200,
      height: 200,
      channels: 3,
      background: 'white',
      noise: { type: 'gaussian', mean: 128, sigma: 60 },
    },
  })
    .png()
    .toBuffer();
  const object = await stored(noise, 'image/png');
  const [low, high] = [
    await rendered(object, { format: 'jpeg', quality: 10 }),
    await rendered(object, { format: 'jpeg', quality: 90 }),
  ];
  expect(low.length).toBeLessThan(high.length / 2);
});

it('of a moving picture the first frame is shown', async () => {
  const frames = await Promise.all(
    ['red', 'blue'].map((background) =>
      sharp({ create: { width: 10, height: 10, channels: 3, background } })
        .png()
        .toBuffer(),
    ),
  );
  const gif = await sharp(frames, { join: { animated: true } })
    .gif({ delay: [100, 100] })
    .toBuffer();
  expect((await sharp(gif).metadata()).pages).toBe(2);
  const result = await rendered(await stored(gif, 'image/gif'), { format: 'png' });
  expect(await sharp(result).metadata()).toMatchObject({ format: 'png', height: 10 });
  const { dominant } = await sharp(result).stats();
  expect(dominant.r).toBeGreaterThan(dominant.b);
});

describe('what an encoder would hold too much of is made smaller, in proportion', () => {
  it.each([
    ['avif', 5000, 3600, 4096 * 4096, {}],
    ['avif', 5000, 3600, 4096 * 4096, { width: 8192 }],
    ['webp', 8100, 4300, 8192 * 4096, { height: 6000 }],
  ] as const)('%s of %d × %d', async (format, width, height, most, wish) => {
    const object = await stored(await aPicture(width, height).png().toBuffer(), 'image/png');
    const made = await sharp(await rendered(object, { ...wish, format })).metadata();
    expect(made.width * made.height).toBeLessThanOrEqual(most);
    expect(made.width * made.height).toBeGreaterThan(most * 0.99);
    expect(made.width / made.height).toBeCloseTo(width / height, 2);
  });

  it.each([
    ['webp', 20_000, 50, 16_383, 41],
    ['avif', 20_000, 50, 16_384, 41],
    ['webp', 50, 20_000, 41, 16_383],
    ['jpeg', 66_000, 20, 65_500, 20],
    ['png', 66_000, 20, 66_000, 20],
  ] as const)('%s of %d × %d, which is longer than it may be', async (format, width, height, ...sides) => {
    const object = await stored(await aPicture(width, height).png().toBuffer(), 'image/png');
    const made = await sharp(await rendered(object, { format })).metadata();
    expect([made.width, made.height]).toEqual(sides);
  });

  it('and nothing else is', async () => {
    const object = await stored(await aPicture(5000, 3600).png().toBuffer(), 'image/png');
    const jpeg = await sharp(await rendered(object, { format: 'jpeg', width: 8192 })).metadata();
    const avif = await sharp(await rendered(object, { format: 'avif', width: 1000 })).metadata();
    expect([jpeg.width, jpeg.height, avif.width, avif.height]).toEqual([5000, 3600, 1024, 737]);
  });
});

describe('refuses as no picture to work on', () => {
  it('one of more pixels than anybody needs, before it decodes them', async () => {
    const bomb = await sharp({ create: { width: 9000, height: 9000, channels: 3, background: 'black' } })
      .png({ compressionLevel: 9 })
      .toBuffer();
    expect(bomb.length).toBeLessThan(2_000_000);
    expect(await refusalOf(rendered(await stored(bomb, 'image/png'), { width: 16 }))).toBe('unprocessable-image');
  });

  it('an AVIF of more pixels than its decoder has room for', async () => {
    const large = await aPicture(5000, 4900).avif({ effort: 0 }).toBuffer();
    expect(await refusalOf(rendered(await stored(large, 'image/avif'), { width: 16 }))).toBe('unprocessable-image');
  });

  it.each([
    ['SVG', Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>')],
    ['nothing', Buffer.alloc(0)],
    ['the beginning of a PNG', Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex')],
    ['text', Buffer.from('no picture')],
  ])('%s that is called a picture', async (_what, bytes) => {
    expect(await refusalOf(rendered(await stored(bytes, 'image/png'), { width: 16 }))).toBe('unprocessable-image');
  });

  it('a format that browsers do not show, under the name of one that they do', async () => {
    const tiff = await aPicture(20, 20).tiff().toBuffer();
    expect(await refusalOf(rendered(await stored(tiff, 'image/png'), { width: 16 }))).toBe('unprocessable-image');
  });
});

it('what is wished by many at once is made once, and the next one gets what is there', async () => {
  const object = await stored(await aPicture(400, 400).png().toBuffer(), 'image/png');
  const run = jest.spyOn(pool, 'order');
  const wishes = Array.from({ length: 10 }, (_, index) => ({ width: 100 + index, format: 'webp' as const }));
  const answers = await Promise.all(wishes.map((wish) => rendered(object, wish)));
  await rendered(object, { width: 128, format: 'webp' });
  expect(run).toHaveBeenCalledTimes(1);
  run.mockRestore();
  expect(new Set(answers.map((bytes) => bytes.toString('hex'))).size).toBe(1);
});

it('a crash of the process costs that picture and no other', async () => {
  const object = await stored(await aPicture(50, 50).png().toBuffer(), 'image/png');
  const [first] = (pool as unknown as { processes: { kill(): void }[] }).processes;
  first?.kill();
  expect(await refusalOf(rendered(object, { width: 32 }))).toBe('made');
});

it('leaves no draft behind', () => {
  expect(readdirSync(join(dataDir, 'image-cache', 'drafts'))).toEqual([]);
});
