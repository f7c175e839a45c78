import { Body, Controller, Get, HttpCode, Post, Query, Req, Res } from '@nestjs/common';
import { ApiNoContentResponse, ApiOperation, ApiQuery, ApiResponse, ApiTags } from '@nestjs/swagger';
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
    await this.register.execute({ email, password, field: 'password', username, profile, caller });
  }

  /** Scripts ask for JSON and activate; people and mail scanners ask for HTML and get the page, which spends nothing. */
  @Get('activate')
  @HttpCode(204)
  @Budgeted()
  @ApiOperation({ summary: 'Spend an activation ticket from the URL, for scripts' })
  @ApiQuery({ name: 'ticket', type: String })
  @ApiNoContentResponse()
  @ApiResponse({ status: 303, description: 'who does not prefer JSON gets the page' })
  @ApiProblems(400, 401, 429, 503)
  async getActivate(
    @Query('ticket') query: unknown,
    @CallerOf(NATIVE) caller: Caller,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<void> {
    const ticket = singleText('ticket', query);
    // HEAD is what link checkers send: it never spends
    if (request.method === 'HEAD' || !prefersJson(request.headers.accept)) {
      reply.redirect(`${this.settings.publicUrl}/activate?ticket=${encodeURIComponent(ticket)}`, 303);
      return;
    }
    if (ticket.length > 256) throw new AppError('invalid-ticket');
    const { deviceToken } = await this.activate.execute({ ticket, password: null, caller });
    this.cookies.offerDevice(reply, deviceToken);
  }
}

/** JSON by name, and rather than HTML (RFC 9110 §12.5.1). Who takes anything gets the page: it spends nothing. */
function prefersJson(accept = ''): boolean {
  const weights = new Map(accept.split(',').map(weightOf));
  const [json = 0, html = 0, xhtml = 0] = ['json', 'html', 'xhtml+xml'].map((subtype) => weights.get(subtype));
  return json > Math.max(html, xhtml);
}

/** Of one media range: its subtype, and how much it is wanted. */
function weightOf(range: string): readonly [subtype: string, weight: number] {
  const [type = '', ...parameters] = range.toLowerCase().replace(/\s/g, '').split(';');
  const weight = parameters.find((parameter) => parameter.startsWith('q='));
  return [type.slice(type.indexOf('/') + 1), weight === undefined ? 1 : Number(weight.slice(2))];
}
