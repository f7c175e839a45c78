import { Body, Controller, Get, HttpCode, Post, Query, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { VerifyEmail } from '../core/auth/verify-email.flow';
import { AcceptsForm } from '../http/accepts-form.decorator';
import { Budgeted } from '../http/budgets/budgeted.decorator';
import { CallerOf } from '../http/caller';
import { CookieJar } from '../http/cookie-jar';
import { PageHeaders } from '../http/page-headers';
import type { Caller } from '../kernel/principal';
import { alert, html, page } from './page';
import { answerForm, textOf } from './page-forms';

/** What a verification mail's link opens. The link counts only together with the account's password. */
@ApiExcludeController()
@Controller()
export class VerifyEmailPageController {
  constructor(
    private readonly verifyEmail: VerifyEmail,
    private readonly cookies: CookieJar,
  ) {}

  /** Also at the path that a published contract prints for it. */
  @Get(['verify-email', 'api/v1/verify'])
  @PageHeaders()
  getPage(@Query() query: unknown): string {
    return form(textOf(query, 'token'), null);
  }

  @Post('verify-email')
  @HttpCode(200)
  @PageHeaders()
  @AcceptsForm()
  @Budgeted()
  async postPage(
    @Body() body: unknown,
    @CallerOf('page') caller: Caller,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    const ticket = textOf(body, 'token');
    const work = async () => {
      const proof = { password: textOf(body, 'password') };
      const { deviceToken } = await this.verifyEmail.execute({ ticket, proof, caller });
      this.cookies.setDevice(reply, deviceToken);
      return page('Address confirmed', html`<p>Thank you. There is nothing else to do.</p>`);
    };
    return answerForm(reply, work, (problem) => form(ticket, problem));
  }
}

function form(token: string, problem: string | null): string {
  return page(
    'Confirm your address',
    html`${alert(problem)}
      <p>Enter the password of the account that uses this address.</p>
      <form method="post" action="/verify-email">
        <input type="hidden" name="token" value="${token}" />
        <label for="password">Password</label>
        <input id="password" name="password" type="password" autocomplete="current-password" required autofocus />
        <button type="submit">Confirm</button>
      </form>
      <p class="quiet">
        You have no account here? Then somebody used your address. Do nothing, or choose a password of your own with
        “forgot password”: that makes the account yours.
      </p>`,
  );
}
