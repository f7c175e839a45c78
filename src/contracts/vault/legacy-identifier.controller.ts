import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Prelogin } from '../../core/auth/vault/prelogin.flow';
import { Budgeted } from '../../http/budgets/budgeted.decorator';
import { VaultEmailDto } from './dto/email.dto';
import { VaultKeysDto } from './dto/vault-keys.dto';
import { ApiVaultErrors } from './vault-openapi';

/** Gives anybody what a master password can be tried against offline: only for older clients that cannot do without. */
@ApiTags('older spellings')
@Controller('api/user')
export class LegacyIdentifierController {
  constructor(private readonly prelogin: Prelogin) {}

  @Post('identifier')
  @HttpCode(200)
  @Budgeted()
  @ApiOperation({ summary: 'The keys of a vault, for any address' })
  @ApiOkResponse({ type: VaultKeysDto })
  @ApiVaultErrors(400, 429, 503)
  async postIdentifier(@Body() { email }: VaultEmailDto): Promise<VaultKeysDto> {
    const { encryptedDek, salt, nonce, argon2Params } = await this.prelogin.execute(email);
    return { data: { encryptedDek, salt, nonce, argon2Params }, message: 'User identifier retrieved successfully' };
  }
}
