import { Body, Controller, HttpCode, Post, Res } from '@nestjs/common';
import { ApiExtraModels, ApiOkResponse, ApiOperation, ApiTags, getSchemaPath } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import type { LoginName } from '../../../core/auth/credential-check.service';
import { Reauthenticate } from '../../../core/auth/reauthenticate.flow';
import { SignIn } from '../../../core/auth/sign-in.flow';
import { Authenticated, CurrentPrincipal } from '../../../http/authenticated.decorator';
import { Budgeted } from '../../../http/budgets/budgeted.decorator';
import { CallerOf } from '../../../http/caller';
import { RecognisesSession } from '../../../http/recognises-session.decorator';
import { AppError } from '../../../kernel/errors/app-error';
import type { Caller, Principal } from '../../../kernel/principal';
import { AccessTokenDto } from '../dto/access-token.dto';
import { LoginDto } from '../dto/login.dto';
import { MfaRequiredDto } from '../dto/mfa-required.dto';
import { ReauthenticateDto } from '../dto/reauthenticate.dto';
import { SignedInDto } from '../dto/signed-in.dto';
import { NATIVE } from '../native';
import { toAccessTokenDto } from '../native.mapper';
import { ApiProblems } from '../native-openapi';
import { NativeTokens } from '../native-tokens.service';

@ApiTags('sign-in')
@Controller('auth')
export class SignInController {
  constructor(
    private readonly signIn: SignIn,
    private readonly reauthenticate: Reauthenticate,
    private readonly tokens: NativeTokens,
  ) {}

  @Post('login')
  @HttpCode(200)
  @Budgeted()
  @RecognisesSession()
  @ApiOperation({ summary: 'Sign in by address or username and password' })
  @ApiExtraModels(SignedInDto, MfaRequiredDto)
  @ApiOkResponse({ schema: { oneOf: [SignedInDto, MfaRequiredDto].map((model) => ({ $ref: getSchemaPath(model) })) } })
  @ApiProblems(400, 401, 403, 429, 503)
  async postLogin(
    @Body() body: LoginDto,
    @CallerOf(NATIVE) caller: Caller,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<SignedInDto | MfaRequiredDto> {
    const byCookie = body.cookie ?? true;
    const outcome = await this.signIn.execute({
      name: nameOf(body),
      secret: body.password,
      credential: 'password',
      code: body.totp_code ?? null,
      lifetimes: this.tokens.lifetimes,
      remembered: { cookie: byCookie },
      caller,
    });
    if ('mfaTicket' in outcome) return { mfa: true, ticket: outcome.mfaTicket };
    return this.tokens.handOut(reply, outcome, byCookie);
  }

  @Post('reauthenticate')
  @HttpCode(200)
  @Budgeted()
  @Authenticated()
  @ApiOperation({ summary: 'Prove again who is behind this session' })
  @ApiOkResponse({ type: AccessTokenDto })
  @ApiProblems(400, 401, 403, 429, 503)
  async postReauthenticate(
    @Body() body: ReauthenticateDto,
    @CurrentPrincipal() principal: Principal,
    @CallerOf(NATIVE) caller: Caller,
  ): Promise<AccessTokenDto> {
    const { password, auth_verifier: verifier } = body;
    if (password !== undefined && verifier !== undefined) throw oneOf('password', 'auth_verifier');
    const access = await this.reauthenticate.execute({
      principal,
      secret: password ?? verifier ?? '',
      credential: password === undefined ? 'verifier' : 'password',
      code: body.code ?? null,
      caller,
    });
    return toAccessTokenDto(access);
  }
}

function nameOf({ email, username }: LoginDto): LoginName {
  if (email !== undefined && username !== undefined) throw oneOf('email', 'username');
  return username === undefined ? { kind: 'email', text: email ?? '' } : { kind: 'username', text: username };
}

function oneOf(kept: string, dropped: string): AppError {
  return new AppError('validation', {
    fields: [{ field: dropped, message: `must not be sent together with ${kept}` }],
  });
}
