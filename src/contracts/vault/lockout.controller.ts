import { Body, Controller, HttpCode, Post, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { ReportFailed } from '../../core/auth/report-failed.flow';
import { Unlock } from '../../core/auth/unlock.flow';
import { Budgeted } from '../../http/budgets/budgeted.decorator';
import { CallerOf } from '../../http/caller';
import { CookieJar } from '../../http/cookie-jar';
import { RecognisesSession } from '../../http/recognises-session.decorator';
import type { Caller } from '../../kernel/principal';
import { VaultEmailDto } from './dto/email.dto';
import { NoDataDto } from './dto/no-data.dto';
import { UnlockAccountDto } from './dto/unlock-account.dto';
import { VAULT } from './vault';
import { ApiVaultErrors } from './vault-openapi';

@ApiTags('vault')
@Controller('api/auth')
export class LockoutController {
  constructor(
    private readonly reportFailed: ReportFailed,
    private readonly unlock: Unlock,
    private readonly cookies: CookieJar,
  ) {}

  /** The document prints an empty message. */
  @Post('report-failed')
  @HttpCode(200)
  @Budgeted()
  @RecognisesSession()
  @ApiOperation({ summary: 'Count a guess that failed on the client' })
  @ApiOkResponse({ type: NoDataDto })
  @ApiVaultErrors(400, 429, 503)
  async postReportFailed(@Body() body: VaultEmailDto, @CallerOf(VAULT) caller: Caller): Promise<NoDataDto> {
    await this.reportFailed.execute({ email: body.email, caller });
    return { data: null, message: '' };
  }

  @Post('unlock-account')
  @HttpCode(200)
  @Budgeted()
  @ApiOperation({ summary: 'Spend a mailed unlock link' })
  @ApiOkResponse({ type: NoDataDto })
  @ApiVaultErrors(400, 401, 429, 503)
  async postUnlockAccount(
    @Body() body: UnlockAccountDto,
    @CallerOf(VAULT) caller: Caller,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<NoDataDto> {
    const { email, username, deviceToken } = await this.unlock.execute({ token: body.token, caller });
    if (deviceToken !== null) this.cookies.offerDevice(reply, deviceToken);
    return { data: null, message: `Account ${email ?? username ?? ''} unlocked successfully` };
  }
}
