import { Controller, Get, Header, Param, Res } from '@nestjs/common';
import { ApiExcludeController, type OpenAPIObject } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { AppError } from '../../kernel/errors/app-error';
import { PageHeaders } from '../page-headers';
import { DOCS_CSP, docsPage, docsStart } from './docs-page';
import { OpenApiDocument } from './openapi-document.service';

const ASSETS: Readonly<Record<string, string>> = {
  'swagger-ui.css': 'text/css; charset=utf-8',
  'swagger-ui-bundle.js': 'text/javascript; charset=utf-8',
  'favicon-32x32.png': 'image/png',
};

const ASSET_CACHING = 'public, max-age=3600';

/** The API's description, for programs and for people. */
@ApiExcludeController()
@Controller()
export class OpenApiController {
  constructor(private readonly document: OpenApiDocument) {}

  @Get('openapi.json')
  @Header('Cache-Control', 'public, max-age=300')
  describe(): OpenAPIObject {
    return this.document.get();
  }

  @Get('docs')
  @PageHeaders({ 'Content-Security-Policy': DOCS_CSP, 'Cache-Control': ASSET_CACHING })
  page(): string {
    return docsPage;
  }

  @Get('docs/start.js')
  @Header('Content-Type', 'text/javascript; charset=utf-8')
  @Header('Cache-Control', ASSET_CACHING)
  start(): string {
    return docsStart;
  }

  /** Of the package's folder only these files, by name: no path of a caller's ever reaches the disk. */
  @Get('docs/:file')
  async asset(@Param('file') file: string, @Res({ passthrough: true }) reply: FastifyReply): Promise<Buffer> {
    const type = Object.hasOwn(ASSETS, file) ? ASSETS[file] : undefined;
    if (type === undefined) throw new AppError('not-found');
    const folder = dirname(require.resolve('swagger-ui-dist/package.json'));
    const bytes = await readFile(join(folder, file));
    void reply.headers({ 'Content-Type': type, 'Cache-Control': ASSET_CACHING });
    return bytes;
  }
}
