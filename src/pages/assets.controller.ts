import { Controller, Get, Param, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { AppError } from '../kernel/errors/app-error';
import { pageStyle } from './page-style';

interface Asset {
  readonly type: string;
  readonly caching: string;
  readonly text: string;
}

const style: Asset = { type: 'text/css; charset=utf-8', caching: 'public, max-age=3600', text: pageStyle };

/** Asked for anew with each page: after an update, no module may meet a former one of its fellows. */
function script(name: string): [string, Asset] {
  const text = readFileSync(join(__dirname, 'browser', name), 'utf8');
  return [name, { type: 'text/javascript; charset=utf-8', caching: 'no-store', text }];
}

/** What pages are drawn with. Served from here, because their policy allows nothing from elsewhere. */
@ApiExcludeController()
@Controller('assets')
export class AssetsController {
  private readonly assets: ReadonlyMap<string, Asset> = new Map<string, Asset>([
    ['page.css', style],
    ...['admin.mjs', 'lock-table.mjs', 'service-client.mjs', 'words.mjs'].map(script),
  ]);

  @Get(':name')
  getAsset(@Param('name') name: string, @Res({ passthrough: true }) reply: FastifyReply): string {
    const asset = this.assets.get(name);
    if (!asset) throw new AppError('not-found');
    void reply.headers({ 'content-type': asset.type, 'cache-control': asset.caching });
    return asset.text;
  }
}
