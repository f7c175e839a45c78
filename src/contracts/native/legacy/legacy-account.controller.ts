import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { ApiNoContentResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { ChangePassword } from '../../../core/auth/change-password.flow';
import { RequestEmailChange } from '../../../core/auth/request-email-change.flow';
import { Authenticated, CurrentPrincipal } from '../../../http/authenticated.decorator';
import { Budgeted } from '../../../http/budgets/budgeted.decorator';
import { CallerOf } from '../../../http/caller';
import type { Caller, Principal } from '../../../kernel/principal';
import { ChangeEmailDto } from '../dto/change-email.dto';
import { NATIVE } from '../native';
import { ApiProblems } from '../native-openapi';
import { LegacyChangePasswordDto } from './legacy-change-password.dto';

/** Changes of an account under the paths that older clients use. */
@ApiTags('older spellings')
@Controller('auth')
@Authenticated()
export class LegacyAccountController {
  constructor(
    private readonly changePassword: ChangePassword,
    private readonly requestEmailChange: RequestEmailChange,
  ) {}

  @Post('change-password')
  @HttpCode(204)
  @Budgeted()
  @ApiOperation({ summary: 'Change the password by the old one' })
  @ApiNoContentResponse()
  @ApiProblems(400, 401, 403, 429, 503)
  async postChangePassword(
    @Body() body: LegacyChangePasswordDto,
    @CurrentPrincipal() principal: Principal,
    @CallerOf(NATIVE) caller: Caller,
  ): Promise<void> {
    await this.changePassword.execute({
      principal,
      oldPassword: body.old_password,
      newPassword: body.new_password,
      field: 'new_password',
      forgetDevices: false,
      caller,
    });
  }

  @Post('change-email')
  @HttpCode(204)
  @Budgeted()
  @ApiOperation({ summary: 'Ask for another address; a ticket is mailed to it' })
  @ApiNoContentResponse()
  @ApiProblems(400, 401, 403, 429, 503)
  async postChangeEmail(@Body() body: ChangeEmailDto, @CurrentPrincipal() principal: Principal): Promise<void> {
    await this.requestEmailChange.execute({ principal, newEmail: body.new_email });
  }
}
