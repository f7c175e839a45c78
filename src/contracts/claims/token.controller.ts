import { Body, Controller, Get, HttpCode, Post } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { GetAccount } from '../../core/auth/get-account.flow';
import { VerifyToken } from '../../core/auth/verify-token.flow';
import type { AccessClaims } from '../../core/session/access-claims';
import { Authenticated, CurrentClaims, CurrentPrincipal } from '../../http/authenticated.decorator';
import { Budgeted } from '../../http/budgets/budgeted.decorator';
import { CallerOf } from '../../http/caller';
import type { Caller, Principal } from '../../kernel/principal';
import { CLAIMS } from './claims';
import { ApiClaimsErrors } from './claims-openapi';
import { toMeDto, toVerifiedDto } from './claims.mapper';
import { MeDto } from './dto/me.dto';
import { VerifiedDto } from './dto/verified.dto';
import { VerifyDto } from './dto/verify.dto';

@ApiTags('claims')
@Controller('api/v1')
export class ClaimsTokenController {
  constructor(
    private readonly verifyToken: VerifyToken,
    private readonly account: GetAccount,
  ) {}

  @Post('verify')
  @HttpCode(200)
  @Budgeted({ isForFailuresOnly: true })
  @ApiOperation({ summary: 'Whether a token is live, and whose it is' })
  @ApiOkResponse({ type: VerifiedDto })
  @ApiClaimsErrors(400, 401, 403, 429, 503)
  async postVerify(@Body() { token }: VerifyDto, @CallerOf(CLAIMS) caller: Caller): Promise<VerifiedDto> {
    return toVerifiedDto(await this.verifyToken.execute({ token, caller }));
  }

  @Get('authorized/me')
  @Authenticated()
  @ApiOperation({ summary: 'What the access token says' })
  @ApiOkResponse({ type: MeDto })
  @ApiClaimsErrors(401, 429, 503)
  async getMe(@CurrentPrincipal() principal: Principal, @CurrentClaims() claims: AccessClaims): Promise<MeDto> {
    await this.account.execute(principal); // what a token says of an account that is disabled or gone is nothing
    return toMeDto(claims);
  }
}
