import { Body, Controller, Get, HttpCode, Post, Query, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ProveEnrolment } from '../core/auth/enrolment/prove-enrolment.flow';
import { AcceptsForm } from '../http/accepts-form.decorator';
import { Budgeted } from '../http/budgets/budgeted.decorator';
import { readCredentialCookie, VAULT_ACCESS_COOKIE } from '../http/cookies';
import { PageHeaders } from '../http/page-headers';
import { alert, html, page } from './page';
import { answerForm, textOf } from './page-forms';

/**
 * What the link beside an enrolment's code opens. It counts in the browser that began the enrolment: whoever gets such a
 * mail unasked must not prove the address to a stranger by pressing a button.
 */
@ApiExcludeController()
@Controller('enrol')
export class EnrolPageController {
  constructor(private readonly proveEnrolment: ProveEnrolment) {}

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
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    const secret = textOf(body, 'token');
    const work = async () => {
      await this.proveEnrolment.byLink({ enrolmentToken: readCredentialCookie(request, VAULT_ACCESS_COOKIE), secret });
      return page('Your address is confirmed', html`<p>Go back to where you were registering, and go on there.</p>`);
    };
    return answerForm(reply, work, (problem) => form(secret, problem));
  }
}

function form(token: string, problem: string | null): string {
  return page(
    'Confirm your address',
    html`${alert(problem)}
      <p>This works in the browser in which you began to register. Anywhere else, type the code of the mail.</p>
      <form method="post" action="/enrol">
        <input type="hidden" name="token" value="${token}" />
        <button type="submit" autofocus>Confirm my address</button>
      </form>
      <p class="quiet">You are not registering? Then close this page: nothing happens.</p>`,
  );
}
