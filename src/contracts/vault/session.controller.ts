import { Body, Controller, Delete, Get, HttpCode, Post, Req, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { EndSessions } from '../../core/auth/end-sessions.flow';
import { GetAccount } from '../../core/auth/get-account.flow';
import { Refresh } from '../../core/auth/refresh.flow';
import { SignIn } from '../../core/auth/sign-in.flow';
import { SignOutByRefreshToken } from '../../core/auth/sign-out-by-refresh-token.flow';
import { Authenticated, CurrentPrincipal, MaybeAuthenticated } from '../../http/authenticated.decorator';
import { Budgeted } from '../../http/budgets/budgeted.decorator';
import { CallerOf } from '../../http/caller';
import { RecognisesSession } from '../../http/recognises-session.decorator';
import { AppError, isRefusal } from '../../kernel/errors/app-error';
import type { Caller, Principal } from '../../kernel/principal';
import { NoDataDto } from './dto/no-data.dto';
import { VaultAccountDto } from './dto/vault-account.dto';
import { VaultLoginDto } from './dto/vault-login.dto';
import { VaultTokensDto } from './dto/vault-tokens.dto';
import { VAULT } from './vault';
import { VaultCookies, VAULT_LIFETIMES } from './vault-cookies.service';
import { ApiVaultErrors } from './vault-openapi';

const NO_SESSION = ['session-ended', 'invalid-token', 'invalid-refresh-token', 'refresh-token-reused'] as const;

@ApiTags('vault')
@Controller('api/auth')
export class VaultSessionController {
  constructor(
    private readonly signIn: SignIn,
    private readonly account: GetAccount,
    private readonly refresh: Refresh,
    private readonly endSessions: EndSessions,
    private readonly signOut: SignOutByRefreshToken,
    private readonly cookies: VaultCookies,
  ) {}

  @Post('login')
  @HttpCode(200)
  @Budgeted()
  @RecognisesSession()
  @ApiOperation({ summary: 'Sign in by address and verifier' })
  @ApiOkResponse({ type: VaultAccountDto })
  @ApiVaultErrors(400, 401, 403, 429, 503)
  async postLogin(
    @Body() { email, authVerifier, totpCode }: VaultLoginDto,
    @CallerOf(VAULT) caller: Caller,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<VaultAccountDto> {
    const outcome = await this.signIn.execute({
      name: { kind: 'email', text: email },
      secret: authVerifier,
      credential: 'verifier',
      code: totpCode ?? null,
      lifetimes: VAULT_LIFETIMES,
      remembered: {},
      caller,
    });
    if ('mfaTicket' in outcome) throw new AppError('mfa-required', { details: { ticket: outcome.mfaTicket } });
    this.cookies.setSignedIn(reply, outcome);
    const { id, username, email: address } = outcome.user;
    return { data: { id, username, email: address }, message: 'Login success' };
  }

  @Get('me')
  @Authenticated()
  @ApiOperation({ summary: 'Who is signed in' })
  @ApiOkResponse({ type: VaultAccountDto })
  @ApiVaultErrors(401, 429, 503)
  async getMe(@CurrentPrincipal() principal: Principal): Promise<VaultAccountDto> {
    const { user } = await this.account.execute(principal);
    const { id, username, email } = user;
    return { data: { id, username, email }, message: 'User retrieved successfully' };
  }

  @Post('refresh')
  @HttpCode(200)
  @Budgeted({ isForFailuresOnly: true })
  @ApiOperation({ summary: 'Rotate the refresh token of the cookie' })
  @ApiOkResponse({ type: VaultTokensDto })
  @ApiVaultErrors(401, 403, 429, 503)
  async postRefresh(
    @CallerOf(VAULT) caller: Caller,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<VaultTokensDto> {
    const refreshToken = this.cookies.refreshToken(request);
    if (refreshToken === null) throw new AppError('invalid-refresh-token');
    const refreshed = await this.refresh.execute({ refreshToken, caller }).catch((error: unknown) => {
      // the session has ended, and its cookies with it
      if (isRefusal(error, 'refresh-token-reused')) this.cookies.clear(reply);
      throw error;
    });
    this.cookies.setTokens(reply, refreshed);
    const data = { accessToken: refreshed.access.token, refreshToken: refreshed.refreshToken };
    return { data, message: 'Token refreshed' };
  }

  @Delete('logout')
  @HttpCode(200)
  @Budgeted()
  @MaybeAuthenticated()
  @ApiOperation({ summary: 'End this session, named by either cookie' })
  @ApiOkResponse({ type: NoDataDto })
  @ApiVaultErrors(401, 403, 429, 503)
  async deleteLogout(
    @CallerOf(VAULT) caller: Caller,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<NoDataDto> {
    await this.end(request, caller).catch((error: unknown) => {
      // of no use any more, and the client itself cannot clear them
      if (NO_SESSION.some((code) => isRefusal(error, code))) this.cookies.clear(reply);
      throw error;
    });
    this.cookies.clear(reply);
    return { data: null, message: 'Logged out successfully' };
  }

  private async end(request: FastifyRequest, caller: Caller): Promise<void> {
    const { principal, principalRefusal } = request;
    if (principal) return this.endSessions.execute({ principal, which: 'this', caller });
    const refreshToken = this.cookies.refreshToken(request);
    if (refreshToken === null) throw principalRefusal ?? new AppError('invalid-token');
    return this.signOut.execute({ refreshToken, all: false, caller });
  }
}
