import { Body, Controller, HttpCode, Post, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { EndSessions } from '../../core/auth/end-sessions.flow';
import { RefreshWithoutRotation } from '../../core/auth/refresh-without-rotation.flow';
import { SignIn } from '../../core/auth/sign-in.flow';
import { Authenticated, CurrentPrincipal } from '../../http/authenticated.decorator';
import { Budgeted } from '../../http/budgets/budgeted.decorator';
import { CallerOf } from '../../http/caller';
import { CookieJar } from '../../http/cookie-jar';
import { RecognisesSession } from '../../http/recognises-session.decorator';
import { AppError } from '../../kernel/errors/app-error';
import type { Caller, Principal } from '../../kernel/principal';
import { CLAIMS, CLAIMS_LIFETIMES } from './claims';
import { ApiClaimsErrors } from './claims-openapi';
import { toAccessDto, toTokensDto } from './claims.mapper';
import { ClaimsAccessDto } from './dto/claims-access.dto';
import { ClaimsLoginDto } from './dto/claims-login.dto';
import { ClaimsRefreshDto } from './dto/claims-refresh.dto';
import { ClaimsTokensDto } from './dto/claims-tokens.dto';
import { MessageDto } from './dto/message.dto';

@ApiTags('claims')
@Controller('api/v1')
export class ClaimsSessionController {
  constructor(
    private readonly signIn: SignIn,
    private readonly refresh: RefreshWithoutRotation,
    private readonly endSessions: EndSessions,
    private readonly cookies: CookieJar,
  ) {}

  @Post('login')
  @HttpCode(200)
  @Budgeted()
  @RecognisesSession()
  @ApiOperation({ summary: 'Sign in by address and password' })
  @ApiOkResponse({ type: ClaimsTokensDto })
  @ApiClaimsErrors(400, 401, 403, 429, 503)
  async postLogin(
    @Body() { email, password, totp_code }: ClaimsLoginDto,
    @CallerOf(CLAIMS) caller: Caller,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ClaimsTokensDto> {
    const outcome = await this.signIn.execute({
      name: { kind: 'email', text: email },
      secret: password,
      credential: 'password',
      code: totp_code ?? null,
      lifetimes: CLAIMS_LIFETIMES,
      // tokens travel in JSON, also where the second factor comes in a request of its own
      remembered: { cookie: false },
      isAwaitedProofTold: true,
      caller,
    });
    if ('mfaTicket' in outcome) throw new AppError('mfa-required', { details: { ticket: outcome.mfaTicket } });
    this.cookies.offerDevice(reply, outcome.deviceToken);
    return toTokensDto(outcome);
  }

  /** The refresh token stays: the document hands out no new one. */
  @Post('refresh')
  @HttpCode(200)
  @Budgeted({ isForFailuresOnly: true })
  @ApiOperation({ summary: 'Get a fresh access token; the refresh token stays as it is' })
  @ApiOkResponse({ type: ClaimsAccessDto })
  @ApiClaimsErrors(400, 401, 403, 429, 503)
  async postRefresh(
    @Body() { refresh_token }: ClaimsRefreshDto,
    @CallerOf(CLAIMS) caller: Caller,
  ): Promise<ClaimsAccessDto> {
    return toAccessDto(await this.refresh.execute({ refreshToken: refresh_token, caller }));
  }

  /** The document prints one path; the other follows from the prefix under which it stands. */
  @Post(['logout', 'authorized/logout'])
  @HttpCode(200)
  @Budgeted()
  @Authenticated()
  @ApiOperation({ summary: 'End this session at once' })
  @ApiOkResponse({ type: MessageDto })
  @ApiClaimsErrors(401, 403, 429, 503)
  async postLogout(
    @CurrentPrincipal() principal: Principal,
    @CallerOf(CLAIMS) caller: Caller,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<MessageDto> {
    await this.endSessions.execute({ principal, which: 'this', caller });
    this.cookies.clearSession(reply);
    return { message: 'logout successful' };
  }
}
