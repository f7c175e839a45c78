import { Body, Controller, HttpCode, Post, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { FormerPrelogin } from '../../core/auth/vault/former-prelogin.flow';
import { GetFormerVaultKeys } from '../../core/auth/vault/get-former-vault-keys.flow';
import { UndoVaultChange } from '../../core/auth/vault/undo-vault-change.flow';
import { Budgeted } from '../../http/budgets/budgeted.decorator';
import { CallerOf } from '../../http/caller';
import { CookieJar } from '../../http/cookie-jar';
import type { Caller } from '../../kernel/principal';
import { NoDataDto } from './dto/no-data.dto';
import { PreloginDto } from './dto/prelogin.dto';
import { UndoDto } from './dto/undo.dto';
import { UndoProofDto } from './dto/undo-proof.dto';
import { UndoTokenDto } from './dto/undo-token.dto';
import { VaultKeysDto } from './dto/vault-keys.dto';
import { VAULT } from './vault';
import { ApiVaultErrors } from './vault-openapi';

/** Not in the document: how an owner whose only way in is a vault undoes what a thief has changed. */
@ApiTags('vault')
@Controller('api/auth/undo')
export class VaultUndoController {
  constructor(
    private readonly prelogin: FormerPrelogin,
    private readonly getKeys: GetFormerVaultKeys,
    private readonly undo: UndoVaultChange,
    private readonly cookies: CookieJar,
  ) {}

  @Post('prelogin')
  @HttpCode(200)
  @Budgeted()
  @ApiOperation({ summary: 'What a client needs to derive its verifier of before a change' })
  @ApiOkResponse({ type: PreloginDto })
  @ApiVaultErrors(400, 401, 429, 503)
  async postPrelogin(@Body() { token }: UndoTokenDto): Promise<PreloginDto> {
    const { salt, argon2Params } = await this.prelogin.execute(token);
    return { data: { salt, argon2Params }, message: 'Prelogin success' };
  }

  @Post('identifier')
  @HttpCode(200)
  @Budgeted()
  @ApiOperation({ summary: 'The keys of a vault before a change' })
  @ApiOkResponse({ type: VaultKeysDto })
  @ApiVaultErrors(400, 401, 429, 503)
  async postIdentifier(
    @Body() { token, formerAuthVerifier }: UndoProofDto,
    @CallerOf(VAULT) caller: Caller,
  ): Promise<VaultKeysDto> {
    const command = { ticket: token, formerVerifier: formerAuthVerifier, caller };
    const { encryptedDek, salt, nonce, argon2Params } = await this.getKeys.execute(command);
    return { data: { encryptedDek, salt, nonce, argon2Params }, message: 'User identifier retrieved successfully' };
  }

  @Post()
  @HttpCode(200)
  @Budgeted()
  @ApiOperation({ summary: 'Undo a change, and set a new master password' })
  @ApiOkResponse({ type: NoDataDto })
  @ApiVaultErrors(400, 401, 429, 503)
  async postUndo(
    @Body() { token, formerAuthVerifier, authVerifier, encryptedDek, salt, nonce, argon2Params }: UndoDto,
    @CallerOf(VAULT) caller: Caller,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<NoDataDto> {
    const { deviceToken } = await this.undo.execute({
      ticket: token,
      formerVerifier: formerAuthVerifier,
      newVerifier: authVerifier,
      keys: { encryptedDek, salt, nonce, argon2Params },
      caller,
    });
    this.cookies.offerDevice(reply, deviceToken);
    return { data: null, message: 'Change undone' };
  }
}
