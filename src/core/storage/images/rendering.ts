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

/** Names the bytes that a rendering of an image has: by the image's own, and how it is made. */
export function renderingKey(sha256: string, { width, height, quality, format }: Rendering): string {
  const parts = [GENERATION, sha256, width ?? 0, height ?? 0, quality, format];
  return createHash('sha256').update(parts.join(' ')).digest('hex');
}

function step(side: number | undefined): number | null {
  return side === undefined ? null : (LADDER.find((length) => length >= side) ?? LARGEST_SIDE);
}

function qualityStep(quality: number): number {
  return Math.min(100, Math.ceil(quality / QUALITY_STEP) * QUALITY_STEP);
}
