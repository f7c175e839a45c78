import { Controller, Get } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { DevelopmentMailbox } from '../core/mail/development-mailbox.service';
import { PageHeaders } from '../http/page-headers';
import { html, page } from './page';

/** What a newcomer finds at the root. */
@ApiExcludeController()
@Controller()
export class HomePageController {
  constructor(private readonly mailbox: DevelopmentMailbox) {}

  @Get()
  @PageHeaders()
  getPage(): string {
    const mailbox = this.mailbox.isEnabled ? html`<li><a href="/dev/mailbox">The development mailbox</a></li>` : html``;
    return page(
      'It is running',
      html`<ul>
        <li><a href="/docs">The API, to read and to try</a></li>
        <li><a href="/openapi.json">The same as OpenAPI 3.1</a></li>
        ${mailbox}
      </ul>`,
    );
  }
}
