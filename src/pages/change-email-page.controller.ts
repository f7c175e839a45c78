import { Body, Controller, Get, HttpCode, Post, Query, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { ChangeEmail } from '../core/auth/change-email.flow';
import { AcceptsForm } from '../http/accepts-form.decorator';
import { Budgeted } from '../http/budgets/budgeted.decorator';
import { CallerOf } from '../http/caller';
import { PageHeaders } from '../http/page-headers';
import type { Caller } from '../kernel/principal';
import { alert, html, page } from './page';
import { answerForm, textOf } from './page-forms';

/**
 * What the mail to a new address opens. It asks for the account's password: who gets such a mail unasked must not make the
 * address that of somebody else's account by pressing a button.
 */
@ApiExcludeController()
@Controller('change-email')
export class ChangeEmailPageController {
  constructor(private readonly changeEmail: ChangeEmail) {}

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
      await this.changeEmail.execute({ ticket, password: textOf(body, 'password'), caller });
      return page('Your address is changed', html`<p>Sign in with the new address from now on.</p>`);
    };
    return answerForm(reply, work, (problem) => form(ticket, problem));
  }
}

function form(ticket: string, problem: string | null): string {
  return page(
    'Use this address',
    html`${alert(problem)}
      <p>Your account will have this address from now on. The former one is told.</p>
      <form method="post" action="/change-email">
        <input type="hidden" name="ticket" value="${ticket}" />
        <label for="password">Password of your account</label>
        <input id="password" name="password" type="password" autocomplete="current-password" required autofocus />
        <button type="submit">Use this address</button>
      </form>
      <p class="quiet">You did not ask for this? Then close this page: nothing changes.</p>`,
  );
}
