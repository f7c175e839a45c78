import { Controller, Get, Param } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { PageHeaders } from '../http/page-headers';
import { AppError } from '../kernel/errors/app-error';
import { errorCatalogue, errorCodes } from '../kernel/errors/error-catalogue';
import { html, page } from './page';

/** What the `type` of a problem document leads to (RFC 9457 §3.1.1 wants it to be readable). */
@ApiExcludeController()
@Controller('problems')
export class ProblemPageController {
  @Get(':code')
  @PageHeaders()
  getPage(@Param('code') code: string): string {
    const known = errorCodes.find((candidate) => candidate === code);
    if (known === undefined) throw new AppError('not-found');
    return page(known, html`<p>${errorCatalogue[known]}</p>`);
  }
}
