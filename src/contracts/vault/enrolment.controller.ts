import { Body, Controller, HttpCode, Patch, Post, Req, Res } from '@nestjs/common';
import { ApiCookieAuth, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Enrol } from '../../core/auth/enrolment/enrol.flow';
import { ProveEnrolment } from '../../core/auth/enrolment/prove-enrolment.flow';
import { ResendEnrolmentCode } from '../../core/auth/enrolment/resend-enrolment-code.flow';
import { Budgeted } from '../../http/budgets/budgeted.decorator';
import { CallerOf } from '../../http/caller';
import { VAULT_ACCESS_COOKIE } from '../../http/cookies';
import type { Caller } from '../../kernel/principal';
import { EnrolDto } from './dto/enrol.dto';
import { EnrolledDto } from './dto/enrolled.dto';
import { NoDataDto } from './dto/no-data.dto';
import { OtpDto } from './dto/otp.dto';
import { VAULT } from './vault';
import { VaultCookies } from './vault-cookies.service';
import { ApiVaultErrors } from './vault-openapi';

@ApiTags('vault')
@Controller('api/auth')
export class EnrolmentController {
  constructor(
    private readonly enrol: Enrol,
    private readonly prove: ProveEnrolment,
    private readonly resend: ResendEnrolmentCode,
    private readonly cookies: VaultCookies,
  ) {}

  @Post()
  @HttpCode(200)
  @Budgeted()
  @ApiOperation({ summary: 'Begin an enrolment: mails a code, sets the enrolment cookie' })
  @ApiOkResponse({ type: EnrolledDto })
  @ApiVaultErrors(400, 409, 429, 503)
  async postEnrol(
    @Body() { username, email }: EnrolDto,
    @CallerOf(VAULT) caller: Caller,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<EnrolledDto> {
    const { enrolmentToken, lifeSeconds } = await this.enrol.execute({ username, email, caller });
    this.cookies.setEnrolment(reply, enrolmentToken, lifeSeconds);
    return { data: { username, email }, message: 'created' };
  }

  @Patch('verif/otp')
  @HttpCode(200)
  @Budgeted()
  @ApiCookieAuth(VAULT_ACCESS_COOKIE)
  @ApiOperation({ summary: 'Prove the mailbox of an enrolment by the mailed code' })
  @ApiOkResponse({ type: NoDataDto })
  @ApiVaultErrors(400, 401, 403, 429, 503)
  async patchOtp(
    @Body() body: OtpDto,
    @CallerOf(VAULT) caller: Caller,
    @Req() request: FastifyRequest,
  ): Promise<NoDataDto> {
    const code = (body.otpCode ?? body.otp_code ?? '').trim();
    await this.prove.byCode({ enrolmentToken: this.cookies.enrolmentToken(request), code, caller });
    return { data: null, message: 'Verified Otp success!' };
  }

  /** The document prints no message for this. */
  @Patch('verif/otp/resend')
  @HttpCode(200)
  @Budgeted()
  @ApiCookieAuth(VAULT_ACCESS_COOKIE)
  @ApiOperation({ summary: 'Mail another code, at most one a minute and five an hour' })
  @ApiOkResponse({ type: NoDataDto })
  @ApiVaultErrors(401, 403, 429, 503)
  async patchResend(@Req() request: FastifyRequest): Promise<NoDataDto> {
    await this.resend.execute({ enrolmentToken: this.cookies.enrolmentToken(request) });
    return { data: null, message: 'Otp sent!' };
  }
}
