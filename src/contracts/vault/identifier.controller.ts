import { Body, Controller, Get, HttpCode, Patch, Post, Req, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { CompleteEnrolment } from '../../core/auth/enrolment/complete-enrolment.flow';
import { GetVaultKeys } from '../../core/auth/vault/get-vault-keys.flow';
import { Prelogin } from '../../core/auth/vault/prelogin.flow';
import { ReplaceVaultKeys } from '../../core/auth/vault/replace-vault-keys.flow';
import { Authenticated, CurrentPrincipal, MaybeAuthenticated } from '../../http/authenticated.decorator';
import { Budgeted } from '../../http/budgets/budgeted.decorator';
import { CallerOf } from '../../http/caller';
import { AppError } from '../../kernel/errors/app-error';
import type { Caller, Principal } from '../../kernel/principal';
import { VaultEmailDto } from './dto/email.dto';
import { IdentifierDto } from './dto/identifier.dto';
import { NoDataDto } from './dto/no-data.dto';
import { PreloginDto } from './dto/prelogin.dto';
import { VaultKeysDto } from './dto/vault-keys.dto';
import { VAULT } from './vault';
import { VaultCookies, VAULT_LIFETIMES } from './vault-cookies.service';
import { ApiVaultErrors } from './vault-openapi';

@ApiTags('vault')
@Controller('api/auth')
export class IdentifierController {
  constructor(
    private readonly complete: CompleteEnrolment,
    private readonly replace: ReplaceVaultKeys,
    private readonly getKeys: GetVaultKeys,
    private readonly prelogin: Prelogin,
    private readonly cookies: VaultCookies,
  ) {}

  @Patch('verif/identifier')
  @HttpCode(200)
  @Budgeted()
  @MaybeAuthenticated()
  @ApiOperation({ summary: 'Finish an enrolment; from a full session, change the master password' })
  @ApiOkResponse({ type: NoDataDto })
  @ApiVaultErrors(400, 401, 403, 409, 429, 503)
  async patchIdentifier(
    @Body() body: IdentifierDto,
    @CallerOf(VAULT) caller: Caller,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<NoDataDto> {
    if (request.principal) await this.change(request.principal, body, caller);
    else await this.finish(body, caller, request, reply);
    return { data: null, message: 'User identifier updated' };
  }

  @Get('identifier')
  @Authenticated()
  @ApiOperation({ summary: 'The keys of one’s own vault' })
  @ApiOkResponse({ type: VaultKeysDto })
  @ApiVaultErrors(401, 404, 429, 503)
  async getIdentifier(@CurrentPrincipal() principal: Principal): Promise<VaultKeysDto> {
    const { encryptedDek, salt, nonce, argon2Params } = await this.getKeys.execute(principal);
    return { data: { encryptedDek, salt, nonce, argon2Params }, message: 'User identifier retrieved successfully' };
  }

  @Post('prelogin')
  @HttpCode(200)
  @Budgeted()
  @ApiOperation({ summary: 'What a client needs to derive its key and verifier; for any address' })
  @ApiOkResponse({ type: PreloginDto })
  @ApiVaultErrors(400, 429, 503)
  async postPrelogin(@Body() { email }: VaultEmailDto): Promise<PreloginDto> {
    const { salt, argon2Params } = await this.prelogin.execute(email);
    return { data: { salt, argon2Params }, message: 'Prelogin success' };
  }

  private async change(principal: Principal, body: IdentifierDto, caller: Caller): Promise<void> {
    const { currentAuthVerifier: currentVerifier, authVerifier: newVerifier, ...keys } = body;
    if (currentVerifier === undefined) {
      throw new AppError('validation', { fields: [{ field: 'currentAuthVerifier', message: 'is needed' }] });
    }
    await this.replace.execute({ principal, currentVerifier, newVerifier, keys, caller });
  }

  private async finish(body: IdentifierDto, caller: Caller, request: FastifyRequest, reply: FastifyReply) {
    const { authVerifier: verifier, encryptedDek, salt, nonce, argon2Params } = body;
    const signedIn = await this.complete.execute({
      enrolmentToken: this.cookies.enrolmentToken(request),
      verifier,
      keys: { encryptedDek, salt, nonce, argon2Params },
      lifetimes: VAULT_LIFETIMES,
      caller,
    });
    this.cookies.setSignedIn(reply, signedIn);
  }
}
