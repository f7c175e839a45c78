import { Body, Controller, HttpCode, Post, Res } from '@nestjs/common';
import { ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { CompleteMfa } from '../../../core/auth/complete-mfa.flow';
import { DisableTotp } from '../../../core/auth/disable-totp.flow';
import { EnableTotp } from '../../../core/auth/enable-totp.flow';
import { GenerateTotp } from '../../../core/auth/generate-totp.flow';
import { ReplaceRecoveryCodes } from '../../../core/auth/replace-recovery-codes.flow';
import { Authenticated, CurrentPrincipal } from '../../../http/authenticated.decorator';
import { Budgeted } from '../../../http/budgets/budgeted.decorator';
import { CallerOf } from '../../../http/caller';
import { RecognisesSession } from '../../../http/recognises-session.decorator';
import type { Caller, Principal } from '../../../kernel/principal';
import { CodeDto } from '../dto/code.dto';
import { CompleteMfaDto } from '../dto/complete-mfa.dto';
import { GeneratedTotpDto } from '../dto/generated-totp.dto';
import { NoFieldsDto } from '../dto/no-fields.dto';
import { RecoveryCodesDto } from '../dto/recovery-codes.dto';
import { SignedInDto } from '../dto/signed-in.dto';
import { NATIVE } from '../native';
import { ApiProblems } from '../native-openapi';
import { NativeTokens } from '../native-tokens.service';

@ApiTags('second factor')
@Controller('auth/mfa')
export class MfaController {
  constructor(
    private readonly generateTotp: GenerateTotp,
    private readonly enableTotp: EnableTotp,
    private readonly disableTotp: DisableTotp,
    private readonly completeMfa: CompleteMfa,
    private readonly replaceRecoveryCodes: ReplaceRecoveryCodes,
    private readonly tokens: NativeTokens,
  ) {}

  @Post('generate')
  @HttpCode(200)
  @Budgeted()
  @Authenticated()
  @ApiOperation({ summary: 'Make a TOTP secret that waits to be enabled' })
  @ApiOkResponse({ type: GeneratedTotpDto })
  @ApiProblems(400, 401, 403, 409, 429, 503)
  async postGenerate(@Body() _body: NoFieldsDto, @CurrentPrincipal() principal: Principal): Promise<GeneratedTotpDto> {
    const { imageUrl, secret } = await this.generateTotp.execute(principal);
    return { image_url: imageUrl, otp_secret: secret };
  }

  @Post('enable')
  @HttpCode(204)
  @Budgeted()
  @Authenticated()
  @ApiOperation({ summary: 'Enable the generated secret by its first code' })
  @ApiNoContentResponse()
  @ApiProblems(400, 401, 403, 409, 429, 503)
  async postEnable(
    @Body() { code }: CodeDto,
    @CurrentPrincipal() principal: Principal,
    @CallerOf(NATIVE) caller: Caller,
  ): Promise<void> {
    await this.enableTotp.execute({ principal, code, caller });
  }

  @Post('disable')
  @HttpCode(204)
  @Budgeted()
  @Authenticated()
  @ApiOperation({ summary: 'Take the second factor away, by a code of it' })
  @ApiNoContentResponse()
  @ApiProblems(400, 401, 403, 409, 429, 503)
  async postDisable(
    @Body() { code }: CodeDto,
    @CurrentPrincipal() principal: Principal,
    @CallerOf(NATIVE) caller: Caller,
  ): Promise<void> {
    await this.disableTotp.execute({ principal, code, caller });
  }

  @Post('totp')
  @HttpCode(200)
  @Budgeted()
  @RecognisesSession()
  @ApiOperation({ summary: 'Finish a sign-in, of whatever contract, with the second factor' })
  @ApiOkResponse({ type: SignedInDto })
  @ApiProblems(400, 401, 403, 429, 503)
  async postTotp(
    @Body() { code, ticket }: CompleteMfaDto,
    @CallerOf(NATIVE) caller: Caller,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<SignedInDto> {
    const signedIn = await this.completeMfa.execute({ ticket, code, caller });
    return this.tokens.handOutCompleted(reply, signedIn);
  }

  @Post('recovery-codes')
  @HttpCode(200)
  @Budgeted()
  @Authenticated()
  @ApiOperation({ summary: 'Make ten recovery codes, shown this once, in place of the former ones' })
  @ApiOkResponse({ type: RecoveryCodesDto })
  @ApiProblems(400, 401, 403, 409, 429, 503)
  async postRecoveryCodes(
    @Body() _body: NoFieldsDto,
    @CurrentPrincipal() principal: Principal,
    @CallerOf(NATIVE) caller: Caller,
  ): Promise<RecoveryCodesDto> {
    return { recovery_codes: await this.replaceRecoveryCodes.execute({ principal, caller }) };
  }
}
