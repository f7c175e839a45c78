import { Body, Controller, Get, HttpCode, Post, Query, Req, Res } from '@nestjs/common';
import { ApiNoContentResponse, ApiOperation, ApiQuery, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Settings } from '../../../config/settings';
import { Activate } from '../../../core/auth/activate.flow';
import { Register } from '../../../core/auth/register.flow';
import { Budgeted } from '../../../http/budgets/budgeted.decorator';
import { CallerOf } from '../../../http/caller';
import { CookieJar } from '../../../http/cookie-jar';
import { AppError } from '../../../kernel/errors/app-error';
import type { Caller } from '../../../kernel/principal';
import { NATIVE } from '../native';
import { ApiProblems } from '../native-openapi';
import { LegacyRegisterDto } from './legacy-register.dto';
import { singleText } from './query-text';

/** Registration as older clients spell it, in place of the present spelling. */
@ApiTags('older spellings')
@Controller('auth')
export class LegacyRegistrationController {
  constructor(
    private readonly settings: Settings,
    private readonly register: Register,
    private readonly activate: Activate,
    private readonly cookies: CookieJar,
  ) {}

  @Post('register')
  @HttpCode(204)
  @Budgeted()
  @ApiOperation({ summary: 'Ask for an account; an activation ticket is mailed' })
  @ApiNoContentResponse()
  @ApiProblems(400, 409, 429, 503)
  async postRegister(@Body() body: LegacyRegisterDto, @CallerOf(NATIVE) caller: Caller): Promise<void> {
    const { email, password, username = null, user_data, register_options } = body;
    const profile = { ...(user_data ? { user_data } : {}), ...(register_options ? { register_options } : {}) };
    await this.register.execute({ email, password, username, profile, caller });
  }

  /** Scripts ask for JSON and activate; people and mail scanners ask for HTML and get the page, which spends nothing. */
  @Get('activate')
  @HttpCode(204)
  @Budgeted()
  @ApiOperation({ summary: 'Spend an activation ticket from the URL, for scripts' })
  @ApiQuery({ name: 'ticket', type: String })
  @ApiNoContentResponse()
  @ApiProblems(400, 401, 429, 503)
  async getActivate(
    @Query('ticket') query: unknown,
    @CallerOf(NATIVE) caller: Caller,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<void> {
    const ticket = singleText('ticket', query);
    if (!prefersJson(request.headers.accept)) {
      reply.redirect(`${this.settings.publicUrl}/activate?ticket=${encodeURIComponent(ticket)}`, 303);
      return;
    }
    if (ticket.length > 256) throw new AppError('invalid-ticket');
    const { deviceToken } = await this.activate.execute({ ticket, password: null, caller });
    this.cookies.offerDevice(reply, deviceToken);
  }
}

/** Only a request that names JSON and not HTML: a browser's `Accept` names HTML first and takes anything. */
function prefersJson(accept = ''): boolean {
  return /\bapplication\/json\b/i.test(accept) && !/\btext\/html\b|\bapplication\/xhtml/i.test(accept);
}
