import { Controller, Get, Header, Query, Req } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { DevelopmentMailbox } from '../core/mail/development-mailbox.service';
import { PageHeaders } from '../http/page-headers';
import { AppError } from '../kernel/errors/app-error';
import { html, page } from './page';
import { textOf } from './page-forms';

/** What proxies, tunnels and content delivery networks say they are known by. */
const FORWARDING_HEADER =
  /forward|proxy|envoy|original|real[-_]ip|(client|connecting)[-_]ip|^via$|^cf-|^x-amzn?-|^fly-/;
const LOOPBACK_PEER = /^(127\.|::1$|::ffff:127\.)/;
const LOOPBACK_HOST = /^(localhost|127(\.\d{1,3}){3}|\[::1\]|[a-z0-9-]+\.localhost)(:\d+)?$/i;

/**
 * The mails of a service without a mail server, for who develops on this machine. It shows tickets, so it answers only a
 * loopback peer that names a loopback host and came through no proxy; for anybody else it is not there.
 */
@ApiExcludeController()
@Controller('dev')
export class DevelopmentMailboxController {
  constructor(private readonly mailbox: DevelopmentMailbox) {}

  @Get('mailbox')
  @PageHeaders()
  async getPage(@Query() query: unknown, @Req() request: FastifyRequest): Promise<string> {
    const mails = await this.read(query, request);
    const articles = mails.map(
      (mail) =>
        html`<article>
          <h2>${mail.subject}</h2>
          <p class="quiet">to ${mail.to}, ${mail.sentAt.toISOString()}</p>
          <pre>${linked(mail.text)}</pre>
        </article>`,
    );
    const none = html`<article>
      <p>No mail yet. It comes a second or so after the request that asked for it.</p>
    </article>`;
    return page('Development mailbox', html`${articles.length > 0 ? articles : none}`);
  }

  @Get('mailbox.json')
  @Header('cache-control', 'no-store')
  async getJson(@Query() query: unknown, @Req() request: FastifyRequest) {
    const mails = await this.read(query, request);
    return mails.map((mail) => ({
      to: mail.to,
      subject: mail.subject,
      text: mail.text,
      html: mail.html,
      sent: mail.sentAt.toISOString(),
      message_id: mail.messageId,
    }));
  }

  private read(query: unknown, request: FastifyRequest) {
    if (!this.mailbox.isEnabled || !isLocal(request)) throw new AppError('not-found');
    const to = textOf(query, 'to').replaceAll('\0', '');
    return this.mailbox.list(to === '' ? {} : { to });
  }
}

function isLocal(request: FastifyRequest): boolean {
  const wasForwarded = Object.keys(request.headers).some((name) => FORWARDING_HEADER.test(name));
  const peer = request.socket.remoteAddress ?? '';
  // of several Host headers Node shows the first, and a proxy may have meant another
  const hosts = request.raw.rawHeaders.filter((text, index) => index % 2 === 0 && text.toLowerCase() === 'host').length;
  const isOwnPage = [undefined, 'same-origin', 'none'].includes(singleOf(request.headers['sec-fetch-site']));
  const isLoopback = LOOPBACK_PEER.test(peer) && LOOPBACK_HOST.test(request.headers.host ?? '');
  return isLoopback && isOwnPage && hosts <= 1 && !wasForwarded;
}

function singleOf(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header.join() : header;
}

/** Links of the mail's text made clickable; the rest escaped. */
function linked(text: string) {
  const parts = text.split(/(https?:\/\/\S+)/);
  return parts.map((part, index) => (index % 2 === 1 ? html`<a href="${part}">${part}</a>` : html`${part}`));
}
