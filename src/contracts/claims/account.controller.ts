import { Body, Controller, HttpCode, Post, Query, Res } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Settings } from '../../config/settings';
import { RegisterAtOnce } from '../../core/auth/register-at-once.flow';
import { RequestPasswordReset } from '../../core/auth/request-password-reset.flow';
import { ResetPassword } from '../../core/auth/reset-password.flow';
import { Budgeted } from '../../http/budgets/budgeted.decorator';
import { CallerOf } from '../../http/caller';
import { CookieJar } from '../../http/cookie-jar';
import { AppError } from '../../kernel/errors/app-error';
import type { Caller } from '../../kernel/principal';
import { CLAIMS } from './claims';
import { ApiClaimsErrors } from './claims-openapi';
import { ClaimsRegisterDto } from './dto/claims-register.dto';
import { ClaimsRegisterQuery } from './dto/claims-register.query';
import { MessageDto } from './dto/message.dto';
import { PasswordResetConfirmDto } from './dto/password-reset-confirm.dto';
import { PasswordResetConfirmQuery } from './dto/password-reset-confirm.query';
import { ClaimsPasswordResetDto } from './dto/claims-password-reset.dto';

@ApiTags('claims')
@Controller('api/v1')
export class ClaimsAccountController {
  constructor(
    private readonly settings: Settings,
    private readonly register: RegisterAtOnce,
    private readonly requestReset: RequestPasswordReset,
    private readonly resetPassword: ResetPassword,
    private readonly cookies: CookieJar,
  ) {}

  @Post('register')
  @Budgeted()
  @ApiOperation({ summary: 'Make an account that can sign in at once' })
  @ApiCreatedResponse({ type: MessageDto })
  @ApiClaimsErrors(400, 403, 409, 429, 503)
  async postRegister(
    @Body() { email, username, password }: ClaimsRegisterDto,
    @Query() { sendEmail }: ClaimsRegisterQuery,
    @CallerOf(CLAIMS) caller: Caller,
  ): Promise<MessageDto> {
    const isLinkMailed = sendEmail !== 'false';
    if (!isLinkMailed && this.settings.requireVerifiedEmail) throw wrong('sendEmail', 'must not be false here');
    await this.register.execute({ email, username, password, field: 'password', isLinkMailed, caller });
    return { message: 'registered' };
  }

  @Post('password-reset')
  @HttpCode(200)
  @Budgeted()
  @ApiOperation({ summary: 'Ask for a link to choose a password, by address and username' })
  @ApiOkResponse()
  @ApiClaimsErrors(400, 403, 429, 503)
  async postPasswordReset(
    @Body() { email, username }: ClaimsPasswordResetDto,
    @CallerOf(CLAIMS) caller: Caller,
  ): Promise<void> {
    await this.requestReset.execute({ email, username, isForClientPage: true, caller });
  }

  @Post('password-reset-confirm')
  @HttpCode(200)
  @Budgeted()
  @ApiOperation({ summary: 'Set a new password by the token of a mailed link' })
  @ApiOkResponse()
  @ApiClaimsErrors(400, 401, 403, 429, 503)
  async postPasswordResetConfirm(
    @Query() { token }: PasswordResetConfirmQuery,
    @Body() { new_password, new_password_confirm }: PasswordResetConfirmDto,
    @CallerOf(CLAIMS) caller: Caller,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<void> {
    if (new_password !== new_password_confirm) throw wrong('new_password_confirm', 'is not the same as new_password');
    const { deviceToken } = await this.resetPassword.execute({
      ticket: token,
      newPassword: new_password,
      field: 'new_password',
      forgetDevices: false,
      caller,
    });
    // every session of the account has ended, so a cookie of one is good for nothing
    this.cookies.clearSession(reply);
    this.cookies.offerDevice(reply, deviceToken);
  }
}

function wrong(field: string, message: string): AppError {
  return new AppError('validation', { fields: [{ field, message }] });
}
