import { Body, Controller, HttpCode, Post, Req, Res } from '@nestjs/common';
import { ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { EndSessions } from '../../../core/auth/end-sessions.flow';
import { Refresh } from '../../../core/auth/refresh.flow';
import { Authenticated, CurrentPrincipal } from '../../../http/authenticated.decorator';
import { Budgeted } from '../../../http/budgets/budgeted.decorator';
import { CallerOf } from '../../../http/caller';
import { CookieJar } from '../../../http/cookie-jar';
import { AppError } from '../../../kernel/errors/app-error';
import type { Caller, Principal } from '../../../kernel/principal';
import { SignedInDto } from '../dto/signed-in.dto';
import { RefreshDto } from '../dto/refresh.dto';
import { RevokeDto } from '../dto/revoke.dto';
import { NATIVE } from '../native';
import { toAccessTokenDto, toSignedInDto } from '../native.mapper';
import { ApiProblems } from '../native-openapi';
import { NativeTokens } from '../native-tokens.service';

@ApiTags('tokens')
@Controller('auth/token')
export class TokenController {
  constructor(
    private readonly refresh: Refresh,
    private readonly endSessions: EndSessions,
    private readonly tokens: NativeTokens,
    private readonly cookies: CookieJar,
  ) {}

  @Post('refresh')
  @HttpCode(200)
  @Budgeted({ isForFailuresOnly: true })
  @ApiOperation({ summary: 'Rotate a refresh token, from the cookie or the body; the new one goes the same way' })
  @ApiOkResponse({ type: SignedInDto })
  @ApiProblems(400, 401, 403, 429, 503)
  async postRefresh(
    @Body() body: RefreshDto,
    @CallerOf(NATIVE) caller: Caller,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<SignedInDto> {
    const token = body.refresh_token ?? this.cookies.refreshToken(request);
    if (token === null) throw new AppError('invalid-refresh-token');
    const refreshed = await this.refresh.execute({ refreshToken: token, caller }).catch((error: unknown) => {
      // the session has ended, and its cookies with it
      if (error instanceof AppError && error.code === 'refresh-token-reused') this.cookies.clearSession(reply);
      throw error;
    });
    if (body.refresh_token !== undefined) return toSignedInDto(refreshed);
    this.tokens.handOutRefresh(reply, refreshed.refreshToken, refreshed.refreshExpiresInSeconds);
    return toAccessTokenDto(refreshed.access);
  }

  @Post('revoke')
  @HttpCode(204)
  @Budgeted()
  @Authenticated()
  @ApiOperation({ summary: 'End this session, all, or all others, at once' })
  @ApiNoContentResponse()
  @ApiProblems(400, 401, 403, 429, 503)
  async postRevoke(
    @Body() body: RevokeDto,
    @CurrentPrincipal() principal: Principal,
    @CallerOf(NATIVE) caller: Caller,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<void> {
    const which = scopeOf(body);
    await this.endSessions.execute({ principal, which, caller });
    if (which !== 'others') this.cookies.clearSession(reply);
  }
}

function scopeOf({ all = false, others = false }: RevokeDto): 'this' | 'all' | 'others' {
  if (all && others) {
    throw new AppError('validation', { fields: [{ field: 'others', message: 'must not be sent together with all' }] });
  }
  if (all) return 'all';
  return others ? 'others' : 'this';
}
