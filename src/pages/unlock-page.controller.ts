import { Body, Controller, Get, HttpCode, Post, Query, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Unlock } from '../core/auth/unlock.flow';
import { AcceptsForm } from '../http/accepts-form.decorator';
import { Budgeted } from '../http/budgets/budgeted.decorator';
import { CallerOf } from '../http/caller';
import { CookieJar } from '../http/cookie-jar';
import { PageHeaders } from '../http/page-headers';
import type { Caller } from '../kernel/principal';
import { alert, html, page } from './page';
import { answerForm, textOf } from './page-forms';

/** What the link of a mail about a lock opens, an owner's and an admin's alike. */
@ApiExcludeController()
@Controller('unlock')
export class UnlockPageController {
  constructor(
    private readonly unlock: Unlock,
    private readonly cookies: CookieJar,
  ) {}

  @Get()
  @PageHeaders()
  getPage(@Query() query: unknown): string {
    return form(textOf(query, 'token'), null);
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
    const token = textOf(body, 'token');
    const work = async () => {
      const { deviceToken } = await this.unlock.execute({ token, caller });
      if (deviceToken === null) return liftedPage;
      this.cookies.setDevice(reply, deviceToken);
      return welcomePage;
    };
    return answerForm(reply, work, (problem) => form(token, problem));
  }
}

const welcomePage = page(
  'You can sign in again',
  html`<p>
      This browser can sign in to the account from now on, wherever it is. So can any other device in this network, for
      an hour.
    </p>
    <p class="quiet">Whoever was guessing the password stays locked out.</p>`,
);

const liftedPage = page('The locks are lifted', html`<p>Everybody can try to sign in to the account again.</p>`);

function form(token: string, problem: string | null): string {
  return page(
    'Open a locked account',
    html`${alert(problem)}
      <p>
        If the account is yours, press the button in the browser you want to sign in with, or on another device in the
        same network.
      </p>
      <form method="post" action="/unlock">
        <input type="hidden" name="token" value="${token}" />
        <button type="submit" autofocus>Unlock</button>
      </form>
      <p class="quiet">
        A link that was mailed to an admin opens the account to everybody, whoever was guessing too.
      </p>`,
  );
}
