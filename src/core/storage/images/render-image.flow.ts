import { createWriteStream } from 'node:fs';
import { rm, type FileHandle } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { Injectable } from '@nestjs/common';
import { AppError } from '../../../kernel/errors/app-error';
import { OpenObject } from '../objects/open-object.flow';
import type { StoredObject } from '../objects/stored-object';
import { ImageCache } from './image-cache.service';
import { ImagePool } from './image-pool.service';
import { renderingKey, renderingOf, type ImageWish, type Rendering } from './rendering';

/** What an image may weigh and hold at most to be made another of. */
const MOST_BYTES = 64 * 1024 * 1024;
const MOST_PIXELS = 64_000_000;
const LONGEST_FETCH_MS = 20_000;

/** An image as somebody wishes it, made or not yet. */
export interface RenderedImage {
  /** Names its bytes: the strong entity tag without its quotes. */
  readonly key: string;
  readonly contentType: string;
}

/**
 * Makes an image of a stored one: smaller, or in another format. It is made once, kept for a while, and handed to all who
 * wish the same. Whether the caller may have the original is asked before, and not here.
 */
@Injectable()
export class RenderImage {
  private readonly underWay = new Map<string, Promise<void>>();

  constructor(
    private readonly cache: ImageCache,
    private readonly pool: ImagePool,
    private readonly openObject: OpenObject,
  ) {}

  /** What the image is called and is, without making it. The object must be one that `canRender`. */
  describe(object: StoredObject, wish: ImageWish): RenderedImage {
    const rendering = renderingOf(object.borneOutType, wish);
    return { key: renderingKey(object.sha256, rendering), contentType: `image/${rendering.format}` };
  }

  /**
   * The image, open for reading; the caller closes it.
   *
   * @throws AppError `unprocessable-image` (it cannot be read, has too many pixels or bytes, or takes too long), `busy`,
   *   `unavailable`
   */
  async execute(object: StoredObject, wish: ImageWish): Promise<FileHandle> {
    const rendering = renderingOf(object.borneOutType, wish);
    const key = renderingKey(object.sha256, rendering);
    const made = (await this.cache.open(key)) ?? (await this.make(object, rendering, key));
    // the cache may be so small that it has let go of it already
    if (!made) throw new AppError('busy', { retryAfterSeconds: 1 });
    return made;
  }

  private async make(object: StoredObject, rendering: Rendering, key: string): Promise<FileHandle | null> {
    let work = this.underWay.get(key);
    if (!work) {
      work = this.makeOnce(object, rendering, key).finally(() => this.underWay.delete(key));
      this.underWay.set(key, work);
    }
    await work;
    return this.cache.open(key);
  }

  private async makeOnce(object: StoredObject, rendering: Rendering, key: string): Promise<void> {
    if (object.size > MOST_BYTES) throw new AppError('unprocessable-image');
    const source = await this.cache.draft();
    const target = await this.cache.draft();
    try {
      await this.pool.run(async () => {
        await this.fetch(object, source);
        return { source, target, rendering, maxPixels: MOST_PIXELS };
      });
      await this.cache.keep(target, key);
    } finally {
      await Promise.all([rm(source, { force: true }), rm(target, { force: true })]);
    }
  }

  private async fetch(object: StoredObject, path: string): Promise<void> {
    const bytes = await this.openObject.execute(object);
    const file = createWriteStream(path, { flags: 'wx', mode: 0o600 });
    await pipeline(bytes, file, { signal: AbortSignal.timeout(LONGEST_FETCH_MS) });
  }
}
