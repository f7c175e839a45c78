import { addAbortSignal, type Readable } from 'node:stream';
import { Injectable, Logger } from '@nestjs/common';
import { addSeconds, Clock } from '../../../kernel/clock';
import { AppError } from '../../../kernel/errors/app-error';
import { newBlobKey } from '../blobs/blob-key';
import { storeUnavailable } from '../blobs/blob-faults';
import { Blobs } from '../blobs/blobs.port';
import { BlobLeases, LEASE_SECONDS } from './blob-leases.repository';
import { MeasuredSource, type SourceLimits } from './measured-source';

/** Bytes that have come whole and that no row points at yet. */
export interface UploadedBlob {
  readonly key: string;
  readonly size: number;
  /** In hex. */
  readonly sha256: string;
}

export interface ComingBytes {
  readonly source: Readable;
  readonly limits: SourceLimits;
  readonly signal?: AbortSignal | undefined;
  /** When it has taken too long. */
  readonly until?: Date | undefined;
}

/** Brings bytes in under a lease, which lives as long as bytes come. */
@Injectable()
export class BlobUpload {
  private readonly logger = new Logger(BlobUpload.name);

  constructor(
    private readonly blobs: Blobs,
    private readonly leases: BlobLeases,
    private readonly clock: Clock,
  ) {}

  /**
   * Stores what comes and hands it to `use`. When anything fails, before or in `use`, and the bytes are not kept, they
   * are removed again.
   */
  async run<T>(coming: ComingBytes, use: (blob: UploadedBlob) => Promise<T>): Promise<T> {
    const { source, limits, signal, until } = coming;
    const key = newBlobKey();
    try {
      signal?.throwIfAborted();
      if (signal) addAbortSignal(signal, source);
      // the row comes first: bytes that nobody knows of could never be removed
      await this.leases.begin(key);
      const measured = new MeasuredSource(source, limits, this.leaseKeeper(key, until));
      await this.blobs.write(key, measured);
      // the end of a body may be long in coming after its last byte
      this.demandInTime(until);
      return await use({ key, size: measured.size, sha256: measured.sha256() });
    } catch (error) {
      source.destroy();
      await this.discard(key);
      signal?.throwIfAborted();
      throw error;
    }
  }

  private demandInTime(until: Date | undefined): void {
    if (until && this.clock.now() >= until) throw new AppError('malformed-body');
  }

  /** Renews the lease when a third of it has gone. A database that is away for a moment breaks no upload. */
  private leaseKeeper(key: string, latest: Date | undefined): () => Promise<void> {
    let until = addSeconds(this.clock.now(), LEASE_SECONDS);
    return async () => {
      this.demandInTime(latest);
      const now = this.clock.now();
      if (now < addSeconds(until, (-LEASE_SECONDS * 2) / 3)) return;
      const isOurs = await this.leases.extend(key).catch((error: unknown) => {
        if (now >= until) throw error;
        return null;
      });
      if (isOurs === false) throw storeUnavailable(new Error('The lease of an upload has ended.'));
      if (isOurs === true) until = addSeconds(now, LEASE_SECONDS);
    };
  }

  /** What fails here the sweeper does later. */
  private async discard(key: string): Promise<void> {
    try {
      if (!(await this.leases.giveUp(key))) return;
      await this.blobs.remove(key);
      await this.leases.forget([key]);
    } catch (error) {
      this.logger.warn({ err: error }, 'bytes that came to nothing are left to the sweeper');
    }
  }
}
