import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { ApiNoContentResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { ChangeEmail } from '../../../core/auth/change-email.flow';
import { RequestEmailChange } from '../../../core/auth/request-email-change.flow';
import { Authenticated, CurrentPrincipal } from '../../../http/authenticated.decorator';
import { Budgeted } from '../../../http/budgets/budgeted.decorator';
import { CallerOf } from '../../../http/caller';
import type { Caller, Principal } from '../../../kernel/principal';
import { ChangeEmailDto } from '../dto/change-email.dto';
import { TicketDto } from '../dto/ticket.dto';
import { NATIVE } from '../native';
import { ApiProblems } from '../native-openapi';

@ApiTags('account')
@Controller('auth/change-email')
export class EmailController {
  constructor(
    private readonly requestEmailChange: RequestEmailChange,
    private readonly changeEmail: ChangeEmail,
  ) {}

  @Post('request')
  @HttpCode(204)
  @Budgeted()
  @Authenticated()
  @ApiOperation({ summary: 'Ask for another address; a ticket is mailed to it' })
  @ApiNoContentResponse()
  @ApiProblems(400, 401, 403, 429, 503)
  async postRequest(@Body() body: ChangeEmailDto, @CurrentPrincipal() principal: Principal): Promise<void> {
    await this.requestEmailChange.execute({ principal, newEmail: body.new_email });
  }

  @Post('change')
  @HttpCode(204)
  @Budgeted()
  @ApiOperation({ summary: 'Spend the ticket: the address is the account’s from now on' })
  @ApiNoContentResponse()
  @ApiProblems(400, 401, 429, 503)
  async postChange(@Body() { ticket }: TicketDto, @CallerOf(NATIVE) caller: Caller): Promise<void> {
    await this.changeEmail.execute({ ticket, password: null, caller });
  }
}
