import { Controller, Delete, Get, HttpCode, Post, Req, Res, UseGuards } from '@nestjs/common';
import {
  ApiBody,
  ApiConsumes,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiOperation,
  ApiQuery,
  ApiResponse,
  ApiTags,
} from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ArchiveFolder } from '../../../core/storage/access/archive-folder.flow';
import { DeleteObject } from '../../../core/storage/access/delete-object.flow';
import { ReadObject } from '../../../core/storage/access/read-object.flow';
import { UploadObject } from '../../../core/storage/access/upload-object.flow';
import { IMAGE_FORMATS } from '../../../core/storage/images/rendering';
import type { StorageRequest } from '../../../core/storage/rules/storage-question';
import { clientGone } from '../../../http/files/client-gone';
import { receiveFile } from '../../../http/files/receive-file';
import { IfSentAccessTokenGuard } from '../../../http/if-sent-access-token.guard';
import { ApiAccessToken } from '../../../http/openapi/api-access-token.decorator';
import { TakesUpload } from '../../../http/takes-upload.decorator';
import { ApiProblems } from '../native-openapi';
import { ApiBytes, ApiStoragePath } from './storage-openapi';
import { ObjectReply } from './object-reply.service';
import { StorageRequests } from './storage-requests.service';
import { toStoredObjectDto } from './storage.mapper';
import { StoredObjectDto } from './stored-object.dto';
import { writeConditions } from './write-conditions';

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
@ApiAccessToken()
export class StorageController {
  constructor(
    private readonly requests: StorageRequests,
    private readonly readObject: ReadObject,
    private readonly archiveFolder: ArchiveFolder,
    private readonly uploadObject: UploadObject,
    private readonly deleteObject: DeleteObject,
    private readonly objectReply: ObjectReply,
  ) {}

  @Get()
  @ApiOperation({ summary: 'The files at the top, as a zip (with a slash at the end)' })
  @ApiBytes(200)
  @ApiProblems(400, 401, 404, 503)
  getTop(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.getObject(request, reply);
  }

  @Get('*')
  @ApiOperation({ summary: 'A file, or an image of it; of a folder (a slash at its end) its files as a zip' })
  @ApiStoragePath()
  @ApiQuery({ name: 'w', required: false, schema: { type: 'integer', minimum: 0, maximum: 8192 } })
  @ApiQuery({ name: 'h', required: false, schema: { type: 'integer', minimum: 0, maximum: 8192 } })
  @ApiQuery({ name: 'q', required: false, schema: { type: 'integer', minimum: 1, maximum: 100 } })
  @ApiQuery({ name: 'f', required: false, enum: IMAGE_FORMATS })
  @ApiBytes(200)
  @ApiBytes(206)
  @ApiResponse({ status: 304, description: 'it is what the caller has' })
  @ApiProblems(400, 401, 404, 412, 416, 422, 503)
  async getObject(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const { asked, isFolder, query } = await this.requests.read(request);
    if (isFolder) return this.getFolder(asked, request, reply);
    await this.objectReply.send(request, reply, await this.readObject.execute(asked), query);
  }

  @Post('*')
  @HttpCode(200)
  @TakesUpload()
  @ApiOperation({ summary: 'Store a file: it is there when it is whole' })
  @ApiStoragePath()
  @ApiConsumes('multipart/form-data')
  @ApiBody({ schema: UPLOAD_SCHEMA })
  @ApiOkResponse({ type: StoredObjectDto })
  @ApiProblems(400, 401, 403, 404, 412, 413, 415, 503, 507)
  async postObject(
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<StoredObjectDto> {
    const object = await this.uploadObject.execute({
      request: await this.requests.readFile(request),
      demandState: writeConditions(request),
      receive: () => receiveFile(request, FILE_FIELD),
      signal: clientGone(reply),
    });
    return toStoredObjectDto(object);
  }

  @Delete('*')
  @HttpCode(204)
  @ApiOperation({ summary: 'Remove a file' })
  @ApiStoragePath()
  @ApiNoContentResponse()
  @ApiProblems(400, 401, 403, 404, 412, 503)
  async deleteObjectAt(@Req() request: FastifyRequest): Promise<void> {
    await this.deleteObject.execute(await this.requests.readFile(request), writeConditions(request));
  }

  private async getFolder(asked: StorageRequest, request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const archive = await this.archiveFolder.execute(asked);
    this.objectReply.sendArchive(request, reply, asked.path.at(-1) ?? 'files', archive);
  }
}
