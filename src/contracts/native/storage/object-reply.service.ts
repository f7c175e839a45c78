import { Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Readable } from 'node:stream';
import type { FileHandle } from 'node:fs/promises';
import type { FolderArchive } from '../../../core/storage/access/archive-folder.flow';
import type { ReadableObject } from '../../../core/storage/access/read-object.flow';
import { RenderImage } from '../../../core/storage/images/render-image.flow';
import { canRender, type ImageWish } from '../../../core/storage/images/rendering';
import { OpenObject } from '../../../core/storage/objects/open-object.flow';
import { cacheControl, fileHeaders, sendBytes, sendFile, type OpenedFile } from '../../../http/files/send-file';
import { saveAs } from '../../../http/files/served-type';
import { imageWishIn } from './query-fields';
import { representationOf } from './storage.mapper';

/** Answers with a stored file, or with the image of it that was wished. */
@Injectable()
export class ObjectReply {
  constructor(
    private readonly openObject: OpenObject,
    private readonly renderImage: RenderImage,
  ) {}

  /** @throws AppError as `sendFile` does; `validation`, `unprocessable-image`, `busy` for images */
  async send(
    request: FastifyRequest,
    reply: FastifyReply,
    file: ReadableObject,
    query: ReadonlyMap<string, string>,
  ): Promise<void> {
    // of what is no raster image nothing is made, so whatever these names mean there is the rule's affair
    const wish = canRender(file.object.contentType) ? imageWishIn(query) : null;
    if (wish) await this.sendImage(request, reply, file, wish);
    else await this.sendOriginal(request, reply, file);
  }

  /** Its length is not known before its end. @param name what it is called, without an extension */
  sendArchive(request: FastifyRequest, reply: FastifyReply, name: string, archive: FolderArchive): void {
    void reply.code(200).headers({
      ...fileHeaders(request),
      'Cache-Control': cacheControl(archive.isOpenToAll),
      'Content-Type': 'application/zip',
      'Content-Disposition': saveAs(`${name}.zip`),
    });
    // nobody sees what is in it, so nothing is packed
    if (request.method === 'HEAD') archive.bytes.destroy();
    sendBytes(request, reply, request.method === 'HEAD' ? Readable.from([]) : archive.bytes);
  }

  private sendOriginal(request: FastifyRequest, reply: FastifyReply, file: ReadableObject): Promise<void> {
    const { object, isOpenToAll } = file;
    return sendFile(request, reply, {
      ...representationOf(object),
      contentType: object.contentType,
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
      open: async () => opened(await this.renderImage.execute(object, wish)),
    });
  }
}

async function opened(file: FileHandle): Promise<OpenedFile> {
  const { size } = await file.stat();
  return { size, read: (range) => file.createReadStream(range ?? {}), release: () => file.close() };
}
