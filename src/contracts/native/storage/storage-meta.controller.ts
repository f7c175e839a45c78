import { Controller, Delete, Get, HttpCode, Post, Req, Res, UseGuards } from '@nestjs/common';
import {
  ApiExtraModels,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiOperation,
  ApiTags,
  getSchemaPath,
} from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { DescribeObject } from '../../../core/storage/access/describe-object.flow';
import { ListObjects } from '../../../core/storage/access/list-objects.flow';
import { ReadObject } from '../../../core/storage/access/read-object.flow';
import { IfSentAccessTokenGuard } from '../../../http/if-sent-access-token.guard';
import { ApiAccessToken } from '../../../http/openapi/api-access-token.decorator';
import { ApiProblems } from '../native-openapi';
import { nextPageLink } from './next-page-link';
import { pageIn } from './query-fields';
import { ApiPage, ApiStoragePath } from './storage-openapi';
import { StorageRequests, type StorageTarget } from './storage-requests.service';
import { toStoredObjectDto } from './storage.mapper';
import { StoredObjectDto } from './stored-object.dto';
import { WriteConditions } from './write-conditions.service';

const DESCRIPTION = { $ref: getSchemaPath(StoredObjectDto) };

/** What is said about files. The second spelling is the older one; a path without a name is the top folder. */
@ApiTags('storage')
@Controller(['storage/meta', 'storage/m'])
@UseGuards(IfSentAccessTokenGuard)
@ApiAccessToken()
@ApiExtraModels(StoredObjectDto)
export class StorageMetaController {
  constructor(
    private readonly requests: StorageRequests,
    private readonly readObject: ReadObject,
    private readonly listObjects: ListObjects,
    private readonly describeObject: DescribeObject,
    private readonly conditions: WriteConditions,
  ) {}

  @Get()
  @ApiOperation({ summary: 'What is said about the files at the top (with a slash at the end), a page at a time' })
  @ApiPage()
  @ApiOkResponse({ schema: { type: 'array', items: DESCRIPTION } })
  @ApiProblems(400, 401, 404, 503)
  getTop(
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<StoredObjectDto | StoredObjectDto[]> {
    return this.getDescription(request, reply);
  }

  @Get('*')
  @ApiOperation({
    summary: 'What is said about a file; of a folder (a slash at its end) about each of its files, a page at a time',
  })
  @ApiStoragePath()
  @ApiPage()
  @ApiOkResponse({ schema: { oneOf: [DESCRIPTION, { type: 'array', items: DESCRIPTION }] } })
  @ApiProblems(400, 401, 404, 503)
  async getDescription(
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<StoredObjectDto | StoredObjectDto[]> {
    const target = await this.requests.read(request);
    if (target.isFolder) return this.getPage(target, request, reply);
    return toStoredObjectDto((await this.readObject.execute(target.asked)).object);
  }

  @Post('*')
  @HttpCode(200)
  @ApiOperation({ summary: 'Evaluate the rule’s formulas again, from this query, and merge what they give' })
  @ApiStoragePath()
  @ApiOkResponse({ schema: DESCRIPTION })
  @ApiProblems(400, 401, 403, 404, 412, 413, 415, 503, 507)
  async postDescription(@Req() request: FastifyRequest): Promise<StoredObjectDto> {
    const asked = await this.requests.readFile(request);
    return toStoredObjectDto(await this.describeObject.describe(asked, this.conditions.of(request)));
  }

  @Delete('*')
  @HttpCode(204)
  @ApiOperation({ summary: 'Forget what is said about a file; its token becomes another one' })
  @ApiStoragePath()
  @ApiNoContentResponse()
  @ApiProblems(400, 401, 403, 404, 412, 503)
  async deleteDescription(@Req() request: FastifyRequest): Promise<void> {
    await this.describeObject.reset(await this.requests.readFile(request), this.conditions.of(request));
  }

  private async getPage(
    { asked, query }: StorageTarget,
    request: FastifyRequest,
    reply: FastifyReply,
  ): Promise<StoredObjectDto[]> {
    const { objects, next } = await this.listObjects.execute({ request: asked, ...pageIn(query) });
    if (next !== null) void reply.header('Link', nextPageLink(request.originalUrl, query, next));
    return objects.map(toStoredObjectDto);
  }
}
