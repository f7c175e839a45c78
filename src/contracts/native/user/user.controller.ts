import { Body, Controller, Get, Patch } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { GetAccount } from '../../../core/auth/get-account.flow';
import { UpdateProfile } from '../../../core/auth/update-profile.flow';
import { Authenticated, CurrentPrincipal } from '../../../http/authenticated.decorator';
import { Budgeted } from '../../../http/budgets/budgeted.decorator';
import { CallerOf } from '../../../http/caller';
import type { Caller, Principal } from '../../../kernel/principal';
import { AccountDto } from '../dto/account.dto';
import { UpdateProfileDto } from '../dto/update-profile.dto';
import { NATIVE } from '../native';
import { toAccountDto } from '../native.mapper';
import { ApiProblems } from '../native-openapi';

@ApiTags('account')
@Controller('user')
@Authenticated()
export class UserController {
  constructor(
    private readonly getAccount: GetAccount,
    private readonly updateProfile: UpdateProfile,
  ) {}

  @Get('me')
  @ApiOperation({ summary: 'The account of whoever is signed in' })
  @ApiOkResponse({ type: AccountDto })
  @ApiProblems(401, 429, 503)
  async getMe(@CurrentPrincipal() principal: Principal): Promise<AccountDto> {
    return toAccountDto(await this.getAccount.execute(principal));
  }

  @Patch('me')
  @Budgeted()
  @ApiOperation({ summary: 'Change how the account is called' })
  @ApiOkResponse({ type: AccountDto })
  @ApiProblems(400, 401, 403, 409, 429, 503)
  async patchMe(
    @Body() body: UpdateProfileDto,
    @CurrentPrincipal() principal: Principal,
    @CallerOf(NATIVE) caller: Caller,
  ): Promise<AccountDto> {
    await this.updateProfile.execute({
      principal,
      caller,
      ...(body.username === undefined ? {} : { username: body.username }),
      ...(body.display_name === undefined ? {} : { displayName: body.display_name }),
      ...(body.locale === undefined ? {} : { locale: body.locale }),
    });
    return toAccountDto(await this.getAccount.execute(principal));
  }
}
