import { Body, Controller, Delete, Get, HttpCode, Post, Req, Res, UseGuards } from '@nestjs/common';
import { ApiBody, ApiExtraModels, ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { DescribeObject } from '../../../core/storage/access/describe-object.flow';
import { ListObjects } from '../../../core/storage/access/list-objects.flow';
import { ReadObject } from '../../../core/storage/access/read-object.flow';
import { keyOf } from '../../../core/storage/storage-path';
import { FilesAtOnce } from '../../../http/files/files-at-once';
import { IfSentAccessTokenGuard } from '../../../http/if-sent-access-token.guard';
import { ApiAccessTokenIfSent } from '../../../http/openapi/api-access-token.decorator';
import { NoFieldsDto } from '../dto/no-fields.dto';
import { ApiProblems } from '../native-openapi';
import { nextPageLink } from './next-page-link';
import { pageIn } from './query-fields';
import { ApiPage, ApiStoragePath, ApiWriteConditions, DESCRIPTION } from './storage-openapi';
import { StorageRequests, type StorageTarget } from './storage-requests.service';
import { toStoredObjectDto } from './storage.mapper';
import { StoredObjectDto } from './stored-object.dto';

/** What is said about files. The second spelling is the older one; a path without a name is the top folder. */
@ApiTags('storage')
@Controller(['storage/meta', 'storage/m'])
@UseGuards(IfSentAccessTokenGuard)
@ApiAccessTokenIfSent()
@ApiExtraModels(StoredObjectDto)
export class StorageMetaController {
  constructor(
    private readonly requests: StorageRequests,
    private readonly readObject: ReadObject,
    private readonly listObjects: ListObjects,
    private readonly describeObject: DescribeObject,
    private readonly atOnce: FilesAtOnce,
  ) {}

  @Get()
  @ApiPage('What is said about the files at the top, a page at a time', true)
  @ApiProblems(400, 401, 404, 429, 503)
  getTop(
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<StoredObjectDto | StoredObjectDto[]> {
    return this.getDescription(request, reply);
  }

  @Get('*')
  @ApiOperation({ summary: 'What is said about a file' })
  @ApiStoragePath()
  @ApiPage('What is said about the files directly in a folder that the caller may list, a page at a time')
  @ApiOkResponse({ schema: DESCRIPTION })
  @ApiProblems(400, 401, 404, 429, 503)
  async getDescription(
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<StoredObjectDto | StoredObjectDto[]> {
    const target = await this.requests.read(request);
    return this.atOnce.run(request, reply, async () =>
      target.isFolder
        ? this.getPage(target, request, reply)
        : toStoredObjectDto(await this.readObject.describe(target.asked)),
    );
  }

  @Post('*')
  @HttpCode(200)
  @ApiOperation({ summary: 'Evaluate the rule’s formulas again, from this query, and merge what they give' })
  @ApiStoragePath()
  @ApiWriteConditions()
  @ApiBody({ type: NoFieldsDto, required: false })
  @ApiOkResponse({ schema: DESCRIPTION })
  @ApiProblems(400, 401, 403, 404, 412, 413, 415, 429, 503, 507)
  async postDescription(
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
    @Body() _body: NoFieldsDto,
  ): Promise<StoredObjectDto> {
    const write = await this.requests.readWrite(request);
    return toStoredObjectDto(await this.atOnce.run(request, reply, () => this.describeObject.describe(write)));
  }

  @Delete('*')
  @HttpCode(204)
  @ApiOperation({ summary: 'Forget what is said about a file; its token becomes another one' })
  @ApiStoragePath()
  @ApiWriteConditions()
  @ApiNoContentResponse()
  @ApiProblems(400, 401, 403, 404, 412, 429, 503)
  async deleteDescription(
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<void> {
    const write = await this.requests.readWrite(request);
    await this.atOnce.run(request, reply, () => this.describeObject.reset(write));
  }

  private async getPage(
    { asked, query }: StorageTarget,
    request: FastifyRequest,
    reply: FastifyReply,
  ): Promise<StoredObjectDto[]> {
    const { objects, next } = await this.listObjects.execute({
      request: asked,
      page: () => pageIn(query, keyOf(asked.path)),
    });
    if (next !== null) void reply.header('Link', nextPageLink(request.originalUrl, query, next));
    return objects.map(toStoredObjectDto);
  }
}
