import { Controller, Get } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { GetAccount } from '../../../core/auth/get-account.flow';
import { Authenticated, CurrentPrincipal } from '../../../http/authenticated.decorator';
import type { Principal } from '../../../kernel/principal';
import { AccountDto } from '../dto/account.dto';
import { toAccountDto } from '../native.mapper';
import { ApiProblems } from '../native-openapi';

@ApiTags('account')
@Controller('user')
@Authenticated()
export class UserController {
  constructor(private readonly getAccount: GetAccount) {}

  @Get('me')
  @ApiOperation({ summary: 'The account of whoever is signed in' })
  @ApiOkResponse({ type: AccountDto })
  @ApiProblems(401, 503)
  async getMe(@CurrentPrincipal() principal: Principal): Promise<AccountDto> {
    return toAccountDto(await this.getAccount.execute(principal));
  }
}
