import { Body, Controller, Header, HttpCode, Post, Req, Res } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ChangePasswordByName } from '../../core/auth/named/change-password-by-name.flow';
import { RecoverByCode } from '../../core/auth/named/recover-by-code.flow';
import { RegisterNamed } from '../../core/auth/named/register-named.flow';
import type { SessionLifetimes } from '../../core/auth/session-opener.service';
import { SignIn } from '../../core/auth/sign-in.flow';
import { MaybeAuthenticated } from '../../http/authenticated.decorator';
import { Budgeted } from '../../http/budgets/budgeted.decorator';
import { accessTokenOf } from '../../http/auth/access-token.source';
import { CallerOf } from '../../http/caller';
import { CookieJar } from '../../http/cookie-jar';
import { RecognisesSession } from '../../http/recognises-session.decorator';
import { MINUTE_SECONDS } from '../../kernel/clock';
import { AppError } from '../../kernel/errors/app-error';
import type { Caller, Principal } from '../../kernel/principal';
import { LuminaChangePasswordDto } from './dto/lumina-change-password.dto';
import { LuminaLoggedInDto } from './dto/lumina-logged-in.dto';
import { LuminaLoginDto } from './dto/lumina-login.dto';
import { LuminaRegisterDto } from './dto/lumina-register.dto';
import { LuminaRegisteredDto } from './dto/lumina-registered.dto';
import { PasswordChangedDto } from './dto/password-changed.dto';
import { RecoveredPasswordDto } from './dto/recovered-password.dto';
import { RecoverPasswordDto } from './dto/recover-password.dto';
import { LUMINA } from './lumina';
import { ApiLuminaProblems } from './lumina-openapi';
import { WrongCurrentPassword } from './wrong-current-password';

/** As printed, whatever the settings say. */
const LIFETIMES: SessionLifetimes = { accessSeconds: 60 * MINUTE_SECONDS, refreshSeconds: null };

@ApiTags('lumina')
@Controller('api/v1/auth')
export class LuminaController {
  constructor(
    private readonly registerNamed: RegisterNamed,
    private readonly signIn: SignIn,
    private readonly recoverByCode: RecoverByCode,
    private readonly changePassword: ChangePasswordByName,
    private readonly cookies: CookieJar,
  ) {}

  /** The account is where whoever signs in finds it: this service has no other address for it. */
  @Post('register')
  @HttpCode(201)
  @Header('Location', '/user/me')
  @Budgeted()
  @ApiOperation({ summary: 'Make an account that is known by its username' })
  @ApiCreatedResponse({ type: LuminaRegisteredDto, headers: { Location: { schema: { type: 'string' } } } })
  @ApiLuminaProblems(400, 409, 422, 429, 503)
  async postRegister(@Body() body: LuminaRegisterDto, @CallerOf(LUMINA) caller: Caller): Promise<LuminaRegisteredDto> {
    const { user, totpImage } = await this.registerNamed.execute({
      username: body.Username,
      password: body.Password,
      field: 'Password',
      withSecondFactor: body.Use2fa ?? true,
      caller,
    });
    return { Id: user.id, Username: body.Username, TotpSecret: totpImage };
  }

  @Post('login')
  @HttpCode(200)
  @Budgeted()
  @RecognisesSession()
  @ApiOperation({ summary: 'Sign in by username and password, with a code where the account has a second factor' })
  @ApiOkResponse({ type: LuminaLoggedInDto })
  @ApiLuminaProblems(400, 403, 422, 429, 503)
  async postLogin(
    @Body() body: LuminaLoginDto,
    @CallerOf(LUMINA) caller: Caller,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<LuminaLoggedInDto> {
    const outcome = await this.signIn.execute({
      name: { kind: 'username', text: body.Username },
      secret: body.Password,
      credential: 'password',
      code: codeIn(body),
      lifetimes: LIFETIMES,
      remembered: {},
      caller,
    });
    if ('mfaTicket' in outcome) throw new AppError('mfa-required', { details: { ticket: outcome.mfaTicket } });
    this.cookies.offerDevice(reply, outcome.deviceToken);
    const { user, access, withSecondFactor } = outcome;
    return { Id: user.id, Username: user.username ?? body.Username, Token: access.token, UsesTotp: withSecondFactor };
  }

  @Post('recover-password')
  @HttpCode(200)
  @Budgeted()
  @RecognisesSession()
  @ApiOperation({ summary: 'Get a temporary password, good for one change-password, by a code alone' })
  @ApiOkResponse({ type: RecoveredPasswordDto })
  @ApiLuminaProblems(400, 403, 422, 429, 503)
  async postRecoverPassword(
    @Body() body: RecoverPasswordDto,
    @CallerOf(LUMINA) caller: Caller,
  ): Promise<RecoveredPasswordDto> {
    const command = { username: body.Username, code: body.TotpCode, caller };
    const { temporaryPassword } = await this.recoverByCode.execute(command);
    return { IsPasswordReset: true, ...(temporaryPassword === null ? {} : { TemporaryPassword: temporaryPassword }) };
  }

  @Post('change-password')
  @HttpCode(200)
  @Budgeted()
  @MaybeAuthenticated()
  @ApiOperation({ summary: 'Choose a new password, by the present one or a temporary one' })
  @ApiOkResponse({ type: PasswordChangedDto })
  @ApiLuminaProblems(400, 401, 403, 422, 429, 503)
  async postChangePassword(
    @Body() body: LuminaChangePasswordDto,
    @CallerOf(LUMINA) caller: Caller,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<PasswordChangedDto> {
    const command = {
      username: body.Username,
      currentPassword: body.CurrentPassword,
      newPassword: body.NewPassword,
      field: 'NewPassword',
      code: codeIn(body),
      principal: principalOf(request),
      caller,
    };
    const { deviceToken } = await this.changePassword.execute(command).catch((error: unknown) => {
      throw WrongCurrentPassword.of(error);
    });
    if (deviceToken !== null) this.cookies.offerDevice(reply, deviceToken);
    return { IsPasswordChanged: true };
  }
}

function codeIn({ TotpCode }: { readonly TotpCode?: string | null }): string | null {
  return TotpCode === undefined || TotpCode === '' ? null : TotpCode;
}

/** None is needed, but one that was sent must be good: a change that was meant for a session must not go on without it. */
function principalOf(request: FastifyRequest): Principal | null {
  if (request.principal) return request.principal;
  if (accessTokenOf(request)?.via === 'header') throw request.principalRefusal ?? new AppError('invalid-token');
  return null;
}
