import { createHash } from 'node:crypto';

export const IMAGE_FORMATS = ['webp', 'avif', 'jpeg', 'png'] as const;
export type ImageFormat = (typeof IMAGE_FORMATS)[number];

export const LARGEST_SIDE = 8192;

/** How somebody wants to have an image; what is absent is left as it is. */
export interface ImageWish {
  /** The most pixels across; the image keeps its proportions and is never enlarged. */
  readonly width?: number;
  readonly height?: number;
  /** 1 to 100. */
  readonly quality?: number;
  readonly format?: ImageFormat;
}

export interface ImageLimits {
  /** Of a source; of a larger one no images are made. */
  readonly sourcePixels: { readonly any: number; readonly avif: number };
  /** What would have more is made smaller, in proportion. */
  readonly targetPixels: Readonly<Record<ImageFormat, number>>;
  /** The longest side that the format's encoder takes: what would be longer is made smaller as well. */
  readonly targetSide: Readonly<Record<ImageFormat, number>>;
  /** Of the process that makes it, which is ended past it with the image in its hands. */
  readonly memoryBytes: number;
  /** Counts for the next one too: a process that has kept more than this makes no other. A new one has some 60 MB. */
  readonly keptBytes: number;
}

const MOST_SOURCE_PIXELS = 64_000_000;

/** AVIF and WebP hold a whole picture several times over while they are made, AVIF also while it is read. */
export const IMAGE_LIMITS: ImageLimits = {
  sourcePixels: { any: MOST_SOURCE_PIXELS, avif: 24_000_000 },
  targetPixels: { avif: 4096 * 4096, webp: 8192 * 4096, jpeg: MOST_SOURCE_PIXELS, png: MOST_SOURCE_PIXELS },
  targetSide: { avif: 16_384, webp: 16_383, jpeg: 65_500, png: MOST_SOURCE_PIXELS },
  memoryBytes: 600 * 1024 * 1024,
  keptBytes: 110 * 1024 * 1024,
};

/** What is made of a wish. There are not many different ones, so that what one caller had made serves the next. */
export interface Rendering {
  readonly width: number | null;
  readonly height: number | null;
  readonly quality: number;
  readonly format: ImageFormat;
}

/** The raster types that images are made from, and into what where no format is asked for. Of moving ones the first frame. */
const SOURCES: Readonly<Record<string, ImageFormat>> = {
  'image/jpeg': 'jpeg',
  'image/png': 'png',
  'image/webp': 'webp',
  'image/avif': 'avif',
  'image/gif': 'png',
};

/** Counted up when the same wish gives other bytes than before, as with a new version of what makes them. */
const GENERATION = 1;

/** The sides that images are made with, in pixels. */
export const LADDER = [
  16,
  32,
  48,
  64,
  96,
  128,
  192,
  256,
  384,
  512,
  768,
  1024,
  1536,
  2048,
  3072,
  4096,
  6144,
  LARGEST_SIDE,
];
const QUALITY_STEP = 5;
const USUAL_QUALITY: Readonly<Record<ImageFormat, number>> = { webp: 80, avif: 50, jpeg: 80, png: 100 };

export function canRender(contentType: string): boolean {
  return Object.hasOwn(SOURCES, contentType);
}

/** The rendering that satisfies a wish: sides and quality rounded up to the next step there is. */
export function renderingOf(contentType: string, wish: ImageWish): Rendering {
  const format = wish.format ?? SOURCES[contentType] ?? 'png';
  return {
    width: step(wish.width),
    height: step(wish.height),
    // of PNG nothing is ever lost
    quality: format === 'png' ? USUAL_QUALITY.png : qualityStep(wish.quality ?? USUAL_QUALITY[format]),
    format,
  };
}

/**
 * Names the bytes that a rendering has, by where those of its image lie and how it is made. Not by the image's digest: who
 * stores the same picture must not be told, by the time it takes, that somebody else has had it made. The blob's key is
 * random, and cannot be told from this one.
 */
export function renderingKey(blobKey: string, { width, height, quality, format }: Rendering): string {
  const parts = [GENERATION, blobKey, width ?? 0, height ?? 0, quality, format];
  return createHash('sha256').update(parts.join(' ')).digest('hex');
}

/** The larger, the more work, as far as can be told before the image is read: the shorter side it may have. */
export function boundingSide({ width, height }: Rendering): number {
  return Math.min(width ?? Infinity, height ?? Infinity);
}

function step(side: number | undefined): number | null {
  return side === undefined ? null : (LADDER.find((length) => length >= side) ?? LARGEST_SIDE);
}

function qualityStep(quality: number): number {
  return Math.min(100, Math.ceil(quality / QUALITY_STEP) * QUALITY_STEP);
}
