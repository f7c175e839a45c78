import { Body, Controller, Get, HttpCode, Post, Res } from '@nestjs/common';
import { ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { EndSessions } from '../../../src/core/auth/end-sessions.flow';
import { GetAccount } from '../../../src/core/auth/get-account.flow';
import { RegisterAtOnce } from '../../../src/core/auth/register-at-once.flow';
import { SignIn } from '../../../src/core/auth/sign-in.flow';
import { Authenticated, CurrentPrincipal } from '../../../src/http/authenticated.decorator';
import { Budgeted } from '../../../src/http/budgets/budgeted.decorator';
import { CallerOf } from '../../../src/http/caller';
import { CookieJar } from '../../../src/http/cookie-jar';
import { RecognisesSession } from '../../../src/http/recognises-session.decorator';
import { MINUTE_SECONDS } from '../../../src/kernel/clock';
import { AppError } from '../../../src/kernel/errors/app-error';
import type { Caller, Principal } from '../../../src/kernel/principal';
import { EnterDto } from './enter.dto';
import { PassDto } from './pass.dto';
import { TURNSTILE, TURNSTILE_LIFETIMES } from './turnstile';
import { ApiRefusals } from './turnstile-openapi';
import { VisitorDto } from './visitor.dto';

@ApiTags('turnstile')
@Controller('turnstile')
export class TurnstileController {
  constructor(
    private readonly register: RegisterAtOnce,
    private readonly signIn: SignIn,
    private readonly account: GetAccount,
    private readonly endSessions: EndSessions,
    private readonly cookies: CookieJar,
  ) {}

  @Post('enter')
  @HttpCode(200)
  @Budgeted()
  @RecognisesSession()
  @ApiOperation({ summary: 'Sign in, for the first time with an alias' })
  @ApiOkResponse({ type: PassDto })
  @ApiRefusals(400, 403, 409, 415, 422, 423, 428)
  async postEnter(
    @Body() { mail, phrase, alias, digits }: EnterDto,
    @CallerOf(TURNSTILE) caller: Caller,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<PassDto> {
    const asked = { email: mail, password: phrase, field: 'phrase', isLinkMailed: true, caller };
    if (alias !== undefined) await this.register.execute({ ...asked, username: alias });
    const outcome = await this.signIn.execute({
      name: { kind: 'email', text: mail },
      secret: phrase,
      credential: 'password',
      code: digits ?? null,
      lifetimes: TURNSTILE_LIFETIMES,
      remembered: { cookie: false },
      isAwaitedProofTold: true,
      caller,
    });
    if ('mfaTicket' in outcome) throw new AppError('mfa-required', { details: { ticket: outcome.mfaTicket } });
    this.cookies.offerDevice(reply, outcome.deviceToken);
    const { token, expiresInSeconds } = outcome.access;
    return { pass: token, good_for: Math.floor(expiresInSeconds / MINUTE_SECONDS) };
  }

  @Get('visitor')
  @Authenticated()
  @ApiOperation({ summary: 'Who is signed in' })
  @ApiOkResponse({ type: VisitorDto })
  @ApiRefusals(401, 410)
  async getVisitor(@CurrentPrincipal() principal: Principal): Promise<VisitorDto> {
    const { user } = await this.account.execute(principal);
    return { visitor: user.id, mail: user.email, alias: user.username };
  }

  @Post('leave')
  @HttpCode(204)
  @Budgeted()
  @Authenticated()
  @ApiOperation({ summary: 'End this session at once' })
  @ApiNoContentResponse()
  @ApiRefusals(401, 403, 410)
  async postLeave(
    @CurrentPrincipal() principal: Principal,
    @CallerOf(TURNSTILE) caller: Caller,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<void> {
    await this.endSessions.execute({ principal, which: 'this', caller });
    this.cookies.clearSession(reply);
  }
}
