import { Body, Controller, HttpCode, Param, Post, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { RequestResetCode } from '../../core/auth/reset-code/request-reset-code.flow';
import { SpendResetCode } from '../../core/auth/reset-code/spend-reset-code.flow';
import { SealedResetPassword } from '../../core/auth/sealed/sealed-reset-password.flow';
import { Budgeted } from '../../http/budgets/budgeted.decorator';
import { CallerOf } from '../../http/caller';
import { CookieJar } from '../../http/cookie-jar';
import type { Caller } from '../../kernel/principal';
import { ChallageDto } from './dto/challage.dto';
import { ForgetPasswordDto } from './dto/forget-password.dto';
import { OneTimePasswordDto } from './dto/one-time-password.dto';
import { OneTimeTokenDto } from './dto/one-time-token.dto';
import { ResetSealedPasswordDto } from './dto/reset-sealed-password.dto';
import { SEALED } from './sealed';
import { toSealedSecret } from './sealed.mapper';
import { ApiSealedErrors } from './sealed-openapi';

@ApiTags('sealed')
@Controller('auth')
export class SealedPasswordController {
  constructor(
    private readonly request: RequestResetCode,
    private readonly spend: SpendResetCode,
    private readonly reset: SealedResetPassword,
    private readonly cookies: CookieJar,
  ) {}

  @Post('forget-password')
  @HttpCode(200)
  @Budgeted()
  @ApiOperation({ summary: 'Ask for a mailed code to set a password with' })
  @ApiOkResponse({ type: ChallageDto })
  @ApiSealedErrors(400, 429, 503)
  async postForgetPassword(
    @Body() { email }: ForgetPasswordDto,
    @CallerOf(SEALED) caller: Caller,
  ): Promise<ChallageDto> {
    const { challenge } = await this.request.execute({ email, caller });
    return { challage: challenge };
  }

  @Post('validate-otp/:challage')
  @HttpCode(200)
  @Budgeted()
  @ApiOperation({ summary: 'Exchange the mailed code for a one-time token' })
  @ApiOkResponse({ type: OneTimeTokenDto })
  @ApiSealedErrors(400, 401, 429, 503)
  async postValidateOtp(
    @Param('challage') challenge: string,
    @Body() { oneTimePassword }: OneTimePasswordDto,
    @CallerOf(SEALED) caller: Caller,
  ): Promise<OneTimeTokenDto> {
    const { oneTimeToken } = await this.spend.execute({ challenge, code: oneTimePassword.trim(), caller });
    return { uuid: oneTimeToken };
  }

  /** The document prints `null` for a body. */
  @Post('reset-password')
  @HttpCode(200)
  @Budgeted()
  @ApiOperation({ summary: 'Set a password by a one-time token' })
  @ApiOkResponse({ schema: { type: 'null' } })
  @ApiSealedErrors(400, 401, 429, 503)
  async postResetPassword(
    @Body() body: ResetSealedPasswordDto,
    @CallerOf(SEALED) caller: Caller,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    const { oneTimeToken } = body;
    const { deviceToken } = await this.reset.execute({ oneTimeToken, sealed: toSealedSecret(body), caller });
    this.cookies.offerDevice(reply, deviceToken);
    void reply.type('application/json; charset=utf-8');
    return 'null';
  }
}
