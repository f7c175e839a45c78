import { Controller, Get, Header } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { pageStyle } from './page-style';

/** What pages are drawn with. Served from here, because their policy allows nothing from elsewhere. */
@ApiExcludeController()
@Controller('assets')
export class AssetsController {
  @Get('page.css')
  @Header('content-type', 'text/css; charset=utf-8')
  @Header('cache-control', 'public, max-age=3600')
  getStyle(): string {
    return pageStyle;
  }
}
