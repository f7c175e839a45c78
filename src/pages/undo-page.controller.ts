import { Body, Controller, Get, HttpCode, Post, Query, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { UndoChange } from '../core/auth/undo-change.flow';
import { AcceptsForm } from '../http/accepts-form.decorator';
import { Budgeted } from '../http/budgets/budgeted.decorator';
import { CallerOf } from '../http/caller';
import { CookieJar } from '../http/cookie-jar';
import { PageHeaders } from '../http/page-headers';
import type { Caller } from '../kernel/principal';
import { alert, html, page } from './page';
import { answerForm, differing, textOf } from './page-forms';

/** What the link of a change's notice opens. */
@ApiExcludeController()
@Controller('undo')
export class UndoPageController {
  constructor(
    private readonly undoChange: UndoChange,
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
    const formerPassword = textOf(body, 'former_password');
    const newPassword = textOf(body, 'password');
    const work = async () => {
      if (newPassword !== textOf(body, 'password_again')) throw differing('password_again');
      const command = { ticket, formerPassword, newPassword, field: 'password', caller };
      const { deviceToken } = await this.undoChange.execute(command);
      this.cookies.setDevice(reply, deviceToken);
      return page(
        'It is undone',
        html`<p>
          Your address and second factor are as they were, and every session has ended. Sign in with the new password.
        </p>`,
      );
    };
    return answerForm(reply, work, (problem) => form(ticket, problem));
  }
}

function form(token: string, problem: string | null): string {
  return page(
    'Undo the change',
    html`${alert(problem)}
      <p>
        What was changed will be as it was before. Every session ends, and recovery codes have to be made anew. If more
        than one thing was changed, each has a mail of its own to undo it.
      </p>
      <p>Do you sign in with a vault’s app and a master password? Then undo it there: give the app this link.</p>
      <form method="post" action="/undo">
        <input type="hidden" name="token" value="${token}" />
        <label for="former_password">The password you had before the change, or before a mailed link set another</label>
        <input id="former_password" name="former_password" type="password" autocomplete="off" required autofocus />
        <label for="password">A new password</label>
        <input id="password" name="password" type="password" autocomplete="new-password" required />
        <label for="password_again">Once more</label>
        <input id="password_again" name="password_again" type="password" autocomplete="new-password" required />
        <button type="submit">Undo the change</button>
      </form>`,
  );
}
