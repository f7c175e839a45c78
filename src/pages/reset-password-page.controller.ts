import { Body, Controller, Get, HttpCode, Post, Query, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { ResetPassword } from '../core/auth/reset-password.flow';
import { AcceptsForm } from '../http/accepts-form.decorator';
import { Budgeted } from '../http/budgets/budgeted.decorator';
import { CallerOf } from '../http/caller';
import { CookieJar } from '../http/cookie-jar';
import { PageHeaders } from '../http/page-headers';
import type { Caller } from '../kernel/principal';
import { alert, html, page } from './page';
import { answerForm, differing, textOf } from './page-forms';

/** What a reset mail's link opens. The button spends the link, opening it does not. */
@ApiExcludeController()
@Controller('reset-password')
export class ResetPasswordPageController {
  constructor(
    private readonly resetPassword: ResetPassword,
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
    const ticket = textOf(body, 'token');
    const newPassword = textOf(body, 'password');
    const work = async () => {
      if (newPassword !== textOf(body, 'password_again')) throw differing('password_again');
      const forgetDevices = textOf(body, 'forget_devices') === 'yes';
      const command = { ticket, newPassword, field: 'password', forgetDevices, caller };
      const { deviceToken } = await this.resetPassword.execute(command);
      this.cookies.setDevice(reply, deviceToken);
      return page(
        'Your password is set',
        html`<p>You can sign in with it now. Wherever this account was signed in, it has been signed out.</p>`,
      );
    };
    return answerForm(reply, work, (problem) => form(ticket, problem));
  }
}

function form(token: string, problem: string | null): string {
  return page(
    'Choose a password',
    html`${alert(problem)}
      <form method="post" action="/reset-password">
        <input type="hidden" name="token" value="${token}" />
        <label for="password">New password</label>
        <input id="password" name="password" type="password" autocomplete="new-password" required autofocus />
        <label for="password_again">Once more</label>
        <input id="password_again" name="password_again" type="password" autocomplete="new-password" required />
        <label class="check"
          ><input type="checkbox" name="forget_devices" value="yes" /> Forget every browser and app I used before</label
        >
        <button type="submit">Set password</button>
      </form>
      <p class="quiet">Setting it signs this account out everywhere.</p>`,
  );
}
