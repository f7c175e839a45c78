import { Body, Controller, Get, HttpCode, Post, Query, Req, Res } from '@nestjs/common';
import { ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiQuery, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Refresh } from '../../../core/auth/refresh.flow';
import { SignOutByRefreshToken } from '../../../core/auth/sign-out-by-refresh-token.flow';
import { Budgeted } from '../../../http/budgets/budgeted.decorator';
import { CallerOf } from '../../../http/caller';
import { CookieJar } from '../../../http/cookie-jar';
import { AppError } from '../../../kernel/errors/app-error';
import type { Caller } from '../../../kernel/principal';
import { SignedInDto } from '../dto/signed-in.dto';
import { NATIVE } from '../native';
import { toSignedInDto } from '../native.mapper';
import { ApiProblems } from '../native-openapi';
import { LegacyLogoutDto } from './legacy-logout.dto';
import { singleText } from './query-text';

/** Refresh and logout with the refresh token in the URL, where it may stay in histories and logs: off by default. */
@ApiTags('older spellings')
@Controller('auth')
export class LegacyTokenController {
  constructor(
    private readonly refresh: Refresh,
    private readonly signOut: SignOutByRefreshToken,
    private readonly cookies: CookieJar,
  ) {}

  @Get('token/refresh')
  @Budgeted({ isForFailuresOnly: true })
  @ApiOperation({ summary: 'Rotate a refresh token from the URL' })
  @ApiQuery({ name: 'refresh_token', type: String })
  @ApiOkResponse({ type: SignedInDto })
  @ApiProblems(400, 401, 429, 503)
  async getRefresh(
    @Query('refresh_token') query: unknown,
    @CallerOf(NATIVE) caller: Caller,
    @Req() request: FastifyRequest,
  ): Promise<SignedInDto> {
    // HEAD has no body to bring the successor in
    if (request.method === 'HEAD') throw new AppError('not-found');
    return toSignedInDto(await this.refresh.execute({ refreshToken: singleText('refresh_token', query), caller }));
  }

  @Post('logout')
  @HttpCode(204)
  @Budgeted({ isForFailuresOnly: true })
  @ApiOperation({ summary: 'End the session of a refresh token, or all of its account' })
  @ApiQuery({ name: 'refresh_token', type: String, required: false, description: 'or the cookie' })
  @ApiNoContentResponse()
  @ApiProblems(400, 401, 403, 429, 503)
  async postLogout(
    @Query('refresh_token') query: unknown,
    @Body() body: LegacyLogoutDto,
    @CallerOf(NATIVE) caller: Caller,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<void> {
    const token = query === undefined ? this.cookies.refreshToken(request) : singleText('refresh_token', query);
    if (token === null) throw new AppError('invalid-refresh-token');
    await this.signOut.execute({ refreshToken: token, all: body.all ?? false, caller });
    this.cookies.clearSession(reply);
  }
}
