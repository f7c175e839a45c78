import type { CompletedPart } from '@aws-sdk/client-s3';
import { Readable } from 'node:stream';
import type { S3Settings } from '../../../config/settings';
import { HOUR_SECONDS } from '../../../kernel/clock';
import { storeFull, storeUnavailable } from './blob-faults';
import { Blobs, type ByteRange } from './blobs.port';
import { partsOf } from './parts';
import { loadS3, type LoadedS3, type S3Connections } from './s3-client';

/** All parts but the last have as many (S3: at least 5 MiB, at most 10 000 parts); one is in memory at a time. */
const PART_BYTES = 5 * 1024 * 1024;

/** A part goes through 0.7 Mbit/s in this time, and many are put together. */
const PATIENTLY = { requestTimeout: 60_000 };

const CONNECTIONS: S3Connections = { work: 256, downloads: 1000 };

/** Bytes as objects of a bucket. Nobody else may write to it; what lies there is found by our rows alone. */
export class S3Blobs extends Blobs {
  /** A store may break a download off when its object goes: longer than a download takes. */
  readonly readerGraceSeconds = 6 * HOUR_SECONDS;

  /** One by one: not every store understands what the SDK sends to remove many with one request. */
  readonly removalsAtOnce = 32;

  private loading: Promise<LoadedS3> | undefined;

  constructor(
    private readonly settings: S3Settings,
    private readonly connections = CONNECTIONS,
  ) {
    super();
  }

  async write(key: string, source: AsyncIterable<Uint8Array>): Promise<void> {
    const parts = partsOf(source, PART_BYTES);
    try {
      const first = await parts.next();
      const body = first.value ?? Buffer.alloc(0);
      // a full part may have others behind it; what is shorter is all there is
      if (body.length < PART_BYTES) await this.put(key, body);
      else await this.putInParts(key, body, parts);
    } finally {
      await parts.return(undefined);
    }
  }

  async read(key: string, range?: ByteRange): Promise<Readable> {
    const answer = await this.ask(({ sdk, downloads }) =>
      downloads.send(
        new sdk.GetObjectCommand({
          ...this.named(key),
          ...(range ? { Range: `bytes=${range.start}-${range.end}` } : {}),
        }),
      ),
    );
    if (!(answer.Body instanceof Readable)) throw storeUnavailable(new Error('The store gave no stream.'));
    return answer.Body;
  }

  async remove(key: string): Promise<void> {
    await this.abortUnfinished(key);
    await this.ask(({ sdk, client }) => client.send(new sdk.DeleteObjectCommand(this.named(key))));
  }

  async check(): Promise<void> {
    await this.ask(({ sdk, client }) => client.send(new sdk.HeadBucketCommand({ Bucket: this.settings.bucket })));
  }

  /** Ends the connections. */
  async close(): Promise<void> {
    const loaded = await this.loading;
    loaded?.client.destroy();
    loaded?.downloads.destroy();
  }

  private async put(key: string, body: Buffer): Promise<void> {
    await this.ask(({ sdk, client }) =>
      client.send(new sdk.PutObjectCommand({ ...this.named(key), Body: body, ContentLength: body.length }), PATIENTLY),
    );
  }

  private async putInParts(key: string, first: Buffer, others: AsyncIterable<Buffer>): Promise<void> {
    const { UploadId } = await this.ask(({ sdk, client }) =>
      client.send(new sdk.CreateMultipartUploadCommand(this.named(key))),
    );
    const upload = { ...this.named(key), UploadId };
    try {
      const parts = [await this.putPart(upload, first, 1)];
      for await (const body of others) parts.push(await this.putPart(upload, body, parts.length + 1));
      await this.ask(({ sdk, client }) =>
        client.send(
          new sdk.CompleteMultipartUploadCommand({ ...upload, MultipartUpload: { Parts: parts } }),
          PATIENTLY,
        ),
      );
    } catch (error) {
      // what fails now the sweeper does again
      await this.ask(({ sdk, client }) => client.send(new sdk.AbortMultipartUploadCommand(upload))).catch(
        () => undefined,
      );
      throw error;
    }
  }

  private async putPart(upload: MultipartUpload, body: Buffer, number: number): Promise<CompletedPart> {
    const part = { ...upload, PartNumber: number };
    const { ETag } = await this.ask(({ sdk, client }) =>
      client.send(new sdk.UploadPartCommand({ ...part, Body: body, ContentLength: body.length }), PATIENTLY),
    );
    return { PartNumber: number, ETag };
  }

  /** Parts that were never put together cost room that no listing of the bucket shows. */
  private async abortUnfinished(key: string): Promise<void> {
    const { Uploads = [] } = await this.ask(({ sdk, client }) =>
      client.send(new sdk.ListMultipartUploadsCommand({ Bucket: this.settings.bucket, Prefix: key })),
    );
    for (const { Key, UploadId } of Uploads) {
      if (Key !== key) continue;
      await this.ask(({ sdk, client }) =>
        client.send(new sdk.AbortMultipartUploadCommand({ ...this.named(key), UploadId })),
      );
    }
  }

  private named(key: string): { Bucket: string; Key: string } {
    return { Bucket: this.settings.bucket, Key: key };
  }

  /** Says what the store says in the words of the catalogue. */
  private async ask<T>(work: (s3: LoadedS3) => Promise<T>): Promise<T> {
    this.loading ??= loadS3(this.settings, this.connections);
    try {
      return await work(await this.loading);
    } catch (error) {
      throw isFull(error) ? storeFull(error) : storeUnavailable(error);
    }
  }
}

interface MultipartUpload {
  readonly Bucket: string;
  readonly Key: string;
  readonly UploadId: string | undefined;
}

function isFull(error: unknown): boolean {
  const { name, $metadata } = error as { name?: string; $metadata?: { httpStatusCode?: number } };
  return name === 'QuotaExceeded' || $metadata?.httpStatusCode === 507;
}
