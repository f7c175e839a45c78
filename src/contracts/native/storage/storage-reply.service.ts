import { Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Readable } from 'node:stream';
import type { FileHandle } from 'node:fs/promises';
import { ArchiveFolder } from '../../../core/storage/access/archive-folder.flow';
import { ReadObject, type ReadableObject } from '../../../core/storage/access/read-object.flow';
import { RenderImage } from '../../../core/storage/images/render-image.flow';
import { canRender, type ImageWish } from '../../../core/storage/images/rendering';
import { OpenObject } from '../../../core/storage/objects/open-object.flow';
import type { StorageAuth } from '../../../core/storage/rules/storage-question';
import { holderOf, shareOf } from '../../../http/caller';
import { clientGone } from '../../../http/files/client-gone';
import { cacheControl, fileHeaders, sendBytes, sendFile, type OpenedFile } from '../../../http/files/send-file';
import { saveAs } from '../../../http/files/served-type';
import { imageWishIn } from './query-fields';
import type { StorageTarget } from './storage-requests.service';
import { representationOf } from './storage.mapper';

/** Answers with a stored file, with the image of it that was wished, or with a folder's files. */
@Injectable()
export class StorageReply {
  constructor(
    private readonly readObject: ReadObject,
    private readonly archiveFolder: ArchiveFolder,
    private readonly openObject: OpenObject,
    private readonly renderImage: RenderImage,
  ) {}

  /** @throws AppError as `ReadObject` and `sendFile` do; `validation`, `unprocessable-image`, `busy` for images */
  async withFile(request: FastifyRequest, reply: FastifyReply, { asked, query }: StorageTarget): Promise<void> {
    const file = await this.readObject.execute(asked);
    // of what is no raster image nothing is made, so whatever these names mean there is the rule's affair
    const wish = canRender(file.object.borneOutType) ? imageWishIn(query) : null;
    if (wish) await this.sendImage(request, reply, file, wish);
    else await this.sendOriginal(request, reply, file);
  }

  /** A zip; its length is not known before its end. @throws AppError as `ArchiveFolder` does */
  async withFolder(
    request: FastifyRequest,
    reply: FastifyReply,
    { asked }: StorageTarget,
    authNow: () => Promise<StorageAuth | null>,
  ): Promise<void> {
    const command = { holder: holderOf(request), request: asked, authNow };
    const { bytes, isOpenToAll } = await this.archiveFolder.execute(command);
    void reply.code(200).headers({
      ...fileHeaders(request),
      'Cache-Control': cacheControl(isOpenToAll),
      'Content-Type': 'application/zip',
      'Content-Disposition': saveAs(`${asked.path.at(-1) ?? 'files'}.zip`),
    });
    // nobody sees what is in it, so nothing is packed
    if (request.method === 'HEAD') bytes.destroy();
    sendBytes(request, reply, request.method === 'HEAD' ? Readable.from([]) : bytes);
  }

  private sendOriginal(request: FastifyRequest, reply: FastifyReply, file: ReadableObject): Promise<void> {
    const { object, isOpenToAll } = file;
    return sendFile(request, reply, {
      ...representationOf(object),
      contentType: object.borneOutType,
      filename: object.filename,
      isOpenToAll,
      open: () => ({ size: object.size, read: (range) => this.openObject.execute(object, range ?? undefined) }),
    });
  }

  private sendImage(
    request: FastifyRequest,
    reply: FastifyReply,
    { object, isOpenToAll }: ReadableObject,
    wish: ImageWish,
  ): Promise<void> {
    const { key, contentType } = this.renderImage.describe(object, wish);
    return sendFile(request, reply, {
      etag: `"${key}"`,
      lastModified: object.updatedAt,
      contentType,
      filename: `${object.filename.replace(/[.][^.]*$/, '')}.${contentType.replace('image/', '')}`,
      isOpenToAll,
      open: async () => {
        const viewer = { caller: shareOf(request), signal: clientGone(reply) };
        return opened(await this.renderImage.execute(object, wish, viewer));
      },
    });
  }
}

async function opened(file: FileHandle): Promise<OpenedFile> {
  const { size } = await file.stat();
  return { size, read: (range) => file.createReadStream(range ?? {}), release: () => file.close() };
}
