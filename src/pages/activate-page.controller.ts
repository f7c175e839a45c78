import { Body, Controller, Get, HttpCode, Post, Query, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Activate } from '../core/auth/activate.flow';
import { AcceptsForm } from '../http/accepts-form.decorator';
import { Budgeted } from '../http/budgets/budgeted.decorator';
import { CallerOf } from '../http/caller';
import { CookieJar } from '../http/cookie-jar';
import { PageHeaders } from '../http/page-headers';
import type { Caller } from '../kernel/principal';
import { alert, html, page } from './page';
import { answerForm, textOf } from './page-forms';

/**
 * What the activation mail's link opens. Opening spends nothing, so mail scanners do no harm; the button does. It asks for
 * the password of that registration: the mailbox's owner must not confirm what a stranger registered.
 */
@ApiExcludeController()
@Controller('activate')
export class ActivatePageController {
  constructor(
    private readonly activate: Activate,
    private readonly cookies: CookieJar,
  ) {}

  @Get()
  @PageHeaders()
  getPage(@Query() query: unknown): string {
    return form(textOf(query, 'ticket'), null);
  }

  @Post()
  @HttpCode(200)
  @PageHeaders()
  @AcceptsForm()
  @Budgeted()
  async postPage(
    @Body() body: unknown,
    @CallerOf('page') caller: Caller,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    const ticket = textOf(body, 'ticket');
    const work = async () => {
      const { deviceToken } = await this.activate.execute({ ticket, password: textOf(body, 'password'), caller });
      this.cookies.setDevice(reply, deviceToken);
      return page('Your account is ready', html`<p>The address is confirmed. You can sign in now.</p>`);
    };
    return answerForm(reply, work, (problem) => form(ticket, problem));
  }
}

function form(ticket: string, problem: string | null): string {
  return page(
    'Confirm your address',
    html`${alert(problem)}
      <p>
        Somebody, we hope you, registered with this address. Enter the password that was chosen at registration to
        finish.
      </p>
      <form method="post" action="/activate">
        <input type="hidden" name="ticket" value="${ticket}" />
        <label for="password">Password</label>
        <input id="password" name="password" type="password" autocomplete="current-password" required autofocus />
        <button type="submit">Confirm and activate</button>
      </form>
      <p class="quiet">
        You did not register, or do not know the password? Do not confirm. Ask for a link to choose a password of your
        own where you sign in, with “forgot password”.
      </p>`,
  );
}
