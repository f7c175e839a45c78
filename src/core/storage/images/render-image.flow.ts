import { createWriteStream } from 'node:fs';
import { rm, type FileHandle } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { Injectable } from '@nestjs/common';
import { Clock } from '../../../kernel/clock';
import { AppError, isRefusal } from '../../../kernel/errors/app-error';
import { OpenObject } from '../objects/open-object.flow';
import type { StoredObject } from '../objects/stored-object';
import { FailedImages } from './failed-images';
import { ImageCache } from './image-cache.service';
import { ImagePool, type ImageOrder } from './image-pool.service';
import { IMAGE_LIMITS, renderingKey, renderingOf, type ImageWish, type Rendering } from './rendering';

/** What an image may weigh at most to be made another of. */
const MOST_BYTES = 64 * 1024 * 1024;
const LONGEST_FETCH_MS = 20_000;

/** An image as somebody wishes it, made or not yet. */
export interface RenderedImage {
  /** Names its bytes: the strong entity tag without its quotes. */
  readonly key: string;
  readonly contentType: string;
}

/** Who wants it. */
export interface ImageViewer {
  /** Whose turn it takes: the account, or the network of a stranger. */
  readonly caller: string;
  /** When he has gone. */
  readonly signal: AbortSignal;
}

interface Work {
  readonly order: ImageOrder;
  readonly done: Promise<void>;
  /** How many wait for it. */
  viewers: number;
}

/**
 * Makes an image of a stored one: smaller, or in another format. It is made once, kept for a while, and handed to all who
 * wish the same; nobody makes what nobody waits for any more. Whether the caller may have the original is asked before,
 * and not here.
 */
@Injectable()
export class RenderImage {
  private readonly underWay = new Map<string, Work>();
  private readonly failed: FailedImages;

  constructor(
    private readonly cache: ImageCache,
    private readonly pool: ImagePool,
    private readonly openObject: OpenObject,
    clock: Clock,
  ) {
    this.failed = new FailedImages(clock);
  }

  /** What the image is called and is, without making it. The object must be one that `canRender`. */
  describe(object: StoredObject, wish: ImageWish): RenderedImage {
    const rendering = renderingOf(object.borneOutType, wish);
    return { key: renderingKey(object.blobKey, rendering), contentType: `image/${rendering.format}` };
  }

  /**
   * The image, open for reading; the caller closes it.
   *
   * @throws AppError `unprocessable-image` (it cannot be read, has too many pixels or bytes, or takes too long, now or a few
   *   minutes ago), `busy`, `unavailable`; the signal's reason
   */
  async execute(object: StoredObject, wish: ImageWish, viewer: ImageViewer): Promise<FileHandle> {
    const rendering = renderingOf(object.borneOutType, wish);
    const key = renderingKey(object.blobKey, rendering);
    const made = (await this.cache.open(key)) ?? (await this.make(object, rendering, key, viewer));
    // the cache may be so small that it has let go of it already
    if (!made) throw new AppError('busy', { retryAfterSeconds: 1 });
    return made;
  }

  private async make(
    object: StoredObject,
    rendering: Rendering,
    key: string,
    { caller, signal }: ImageViewer,
  ): Promise<FileHandle | null> {
    signal.throwIfAborted();
    if (object.size > MOST_BYTES) throw new AppError('unprocessable-image');
    this.failed.demandNone(object, rendering);
    const work = this.underWay.get(key) ?? this.begin(object, rendering, key, caller);
    work.order.join(caller);
    work.viewers += 1;
    try {
      await unlessAborted(work.done, signal);
    } finally {
      work.viewers -= 1;
      if (work.viewers === 0 && work.order.cancel()) this.underWay.delete(key);
    }
    return this.cache.open(key);
  }

  private begin(object: StoredObject, rendering: Rendering, key: string, caller: string): Work {
    const drafts: string[] = [];
    const order = this.pool.order(caller, async () => {
      const [source, target] = [await this.cache.draft(), await this.cache.draft()];
      drafts.push(source, target);
      // another of the same may have failed while this one waited
      this.failed.demandNone(object, rendering);
      await this.fetch(object, source);
      return { source, target, rendering, limits: IMAGE_LIMITS };
    });
    const done = order.done
      .then(() => this.cache.keep(drafts[1] ?? '', key))
      .catch((error: unknown) => {
        if (isRefusal(error, 'unprocessable-image')) this.failed.add(object, rendering);
        throw error;
      })
      .finally(async () => {
        this.underWay.delete(key);
        await Promise.all(drafts.map((draft) => rm(draft, { force: true })));
      });
    // whoever waited may have gone
    done.catch(() => undefined);
    const work = { order, done, viewers: 0 };
    this.underWay.set(key, work);
    return work;
  }

  private async fetch(object: StoredObject, path: string): Promise<void> {
    const bytes = await this.openObject.execute(object);
    const file = createWriteStream(path, { flags: 'wx', mode: 0o600 });
    await pipeline(bytes, file, { signal: AbortSignal.timeout(LONGEST_FETCH_MS) });
  }
}

/** The work goes on; who has gone does not wait for it. */
async function unlessAborted(work: Promise<void>, signal: AbortSignal): Promise<void> {
  let abort: () => void = () => undefined;
  const gone = new Promise<never>((_resolve, reject) => {
    abort = () => {
      reject(signal.reason as Error);
    };
    signal.addEventListener('abort', abort, { once: true });
  });
  try {
    await Promise.race([work, gone]);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}
