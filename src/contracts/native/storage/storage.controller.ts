import { Controller, Delete, Get, HttpCode, Post, Req, Res, UseGuards } from '@nestjs/common';
import {
  ApiBody,
  ApiConsumes,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiOperation,
  ApiResponse,
  ApiTags,
} from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { DeleteObject } from '../../../core/storage/access/delete-object.flow';
import { UploadObject } from '../../../core/storage/access/upload-object.flow';
import { holderOf } from '../../../http/caller';
import { clientGone } from '../../../http/files/client-gone';
import { FilesAtOnce } from '../../../http/files/files-at-once';
import { receiveFile } from '../../../http/files/receive-file';
import { IfSentAccessTokenGuard } from '../../../http/if-sent-access-token.guard';
import { ApiAccessTokenIfSent } from '../../../http/openapi/api-access-token.decorator';
import { TakesUpload } from '../../../http/takes-upload.decorator';
import { ApiProblems } from '../native-openapi';
import {
  ApiBytes,
  ApiImageWish,
  ApiReadConditions,
  ApiStoragePath,
  ApiUploadConditions,
  ApiWriteConditions,
  ApiZip,
} from './storage-openapi';
import { StorageReply } from './storage-reply.service';
import { StorageRequests } from './storage-requests.service';
import { toStoredObjectDto } from './storage.mapper';
import { StoredObjectDto } from './stored-object.dto';

const FILE_FIELD = 'file';
const UPLOAD_SCHEMA = {
  type: 'object',
  required: [FILE_FIELD],
  properties: { [FILE_FIELD]: { type: 'string', format: 'binary' } },
};

/** Files themselves. The second spelling is the older one; a path without a name is the top folder. */
@ApiTags('storage')
@Controller(['storage', 'storage/o'])
@UseGuards(IfSentAccessTokenGuard)
@ApiAccessTokenIfSent()
export class StorageController {
  constructor(
    private readonly requests: StorageRequests,
    private readonly uploadObject: UploadObject,
    private readonly deleteObject: DeleteObject,
    private readonly reply: StorageReply,
    private readonly atOnce: FilesAtOnce,
  ) {}

  @Get()
  @ApiZip('The files at the top, as a zip', true)
  @ApiProblems(400, 401, 404, 429, 503)
  getTop(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.getObject(request, reply);
  }

  @Get('*')
  @ApiOperation({ summary: 'A file, or an image of it' })
  @ApiZip('The files directly in a folder that the caller may list, as a zip')
  @ApiStoragePath()
  @ApiImageWish()
  @ApiReadConditions()
  @ApiBytes(200)
  @ApiBytes(206)
  @ApiResponse({ status: 304, description: 'it is what the caller has' })
  @ApiProblems(400, 401, 404, 412, 416, 422, 429, 503)
  async getObject(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const target = await this.requests.read(request);
    await this.atOnce.run(request, reply, () =>
      target.isFolder
        ? this.reply.withFolder(request, reply, target, this.requests.authNowOf(request))
        : this.reply.withFile(request, reply, target),
    );
  }

  @Post('*')
  @HttpCode(200)
  @TakesUpload()
  @ApiOperation({ summary: 'Store a file: it is there when it is whole' })
  @ApiStoragePath()
  @ApiUploadConditions()
  @ApiConsumes('multipart/form-data')
  @ApiBody({ schema: UPLOAD_SCHEMA })
  @ApiOkResponse({ type: StoredObjectDto })
  @ApiProblems(400, 401, 403, 404, 412, 413, 415, 429, 503, 507)
  async postObject(
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<StoredObjectDto> {
    const object = await this.uploadObject.execute({
      ...(await this.requests.readWrite(request)),
      holder: holderOf(request),
      receive: () => receiveFile(request, FILE_FIELD),
      signal: clientGone(reply),
    });
    return toStoredObjectDto(object);
  }

  @Delete('*')
  @HttpCode(204)
  @ApiOperation({ summary: 'Remove a file' })
  @ApiStoragePath()
  @ApiWriteConditions()
  @ApiNoContentResponse()
  @ApiProblems(400, 401, 403, 404, 412, 429, 503)
  async deleteObjectAt(@Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply): Promise<void> {
    const write = await this.requests.readWrite(request);
    await this.atOnce.run(request, reply, () => this.deleteObject.execute(write));
  }
}
