import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { ApiNoContentResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Register } from '../../../core/auth/register.flow';
import { Budgeted } from '../../../http/budgets/budgeted.decorator';
import { CallerOf } from '../../../http/caller';
import type { Caller } from '../../../kernel/principal';
import { RegisterDto } from '../dto/register.dto';
import { NATIVE } from '../native';
import { ApiProblems } from '../native-openapi';

@ApiTags('registration')
@Controller('auth')
export class RegistrationController {
  constructor(private readonly register: Register) {}

  @Post('register')
  @HttpCode(204)
  @Budgeted()
  @ApiOperation({ summary: 'Ask for an account; an activation ticket is mailed' })
  @ApiNoContentResponse()
  @ApiProblems(400, 409, 429, 503)
  async postRegister(@Body() body: RegisterDto, @CallerOf(NATIVE) caller: Caller): Promise<void> {
    const { email, password, username = null } = body;
    await this.register.execute({ email, password, field: 'password', username, caller });
  }
}
