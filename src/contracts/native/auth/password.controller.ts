import { Body, Controller, HttpCode, Post, Res } from '@nestjs/common';
import { ApiNoContentResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { ChangePassword } from '../../../core/auth/change-password.flow';
import { RequestPasswordReset } from '../../../core/auth/request-password-reset.flow';
import { ResetPassword } from '../../../core/auth/reset-password.flow';
import { Budgeted } from '../../../http/budgets/budgeted.decorator';
import { CallerOf } from '../../../http/caller';
import { CookieJar } from '../../../http/cookie-jar';
import { MaybeAuthenticated, PrincipalDemand, type DemandPrincipal } from '../../../http/authenticated.decorator';
import { AppError } from '../../../kernel/errors/app-error';
import type { Caller } from '../../../kernel/principal';
import { ChangePasswordDto } from '../dto/change-password.dto';
import { RequestPasswordResetDto } from '../dto/request-password-reset.dto';
import { NATIVE } from '../native';
import { ApiProblems } from '../native-openapi';

interface TicketBody {
  readonly ticket: string;
  readonly new_password: string;
  readonly forget_devices: boolean;
}

@ApiTags('password')
@Controller('auth/change-password')
export class PasswordController {
  constructor(
    private readonly requestReset: RequestPasswordReset,
    private readonly resetPassword: ResetPassword,
    private readonly changePassword: ChangePassword,
    private readonly cookies: CookieJar,
  ) {}

  @Post('request')
  @HttpCode(204)
  @Budgeted()
  @ApiOperation({ summary: 'Ask for a link to choose a password' })
  @ApiNoContentResponse()
  @ApiProblems(400, 401, 429, 503)
  async postRequest(
    @Body() body: RequestPasswordResetDto,
    @CallerOf(NATIVE) caller: Caller,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<void> {
    const { email, ticket, new_password, forget_devices = false } = body;
    if (ticket !== undefined && email !== undefined) throw together('ticket', 'email');
    if (ticket !== undefined && new_password !== undefined) {
      await this.reset({ ticket, new_password, forget_devices }, caller, reply);
    } else if (email !== undefined) {
      await this.requestReset.execute({ email, caller });
    }
  }

  @Post('change')
  @HttpCode(204)
  @Budgeted()
  @MaybeAuthenticated()
  @ApiOperation({ summary: 'Set a new password, by a mailed ticket or by the old password' })
  @ApiNoContentResponse()
  @ApiProblems(400, 401, 403, 429, 503)
  async postChange(
    @Body() body: ChangePasswordDto,
    @CallerOf(NATIVE) caller: Caller,
    @PrincipalDemand() demandPrincipal: DemandPrincipal,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<void> {
    const { ticket, old_password, new_password, forget_devices = false } = body;
    if (ticket !== undefined && old_password !== undefined) throw together('old_password', 'ticket');
    if (ticket !== undefined) return this.reset({ ticket, new_password, forget_devices }, caller, reply);
    await this.changePassword.execute({
      principal: demandPrincipal(),
      oldPassword: old_password ?? '',
      newPassword: new_password,
      field: 'new_password',
      forgetDevices: forget_devices,
      caller,
    });
  }

  private async reset(body: TicketBody, caller: Caller, reply: FastifyReply): Promise<void> {
    const { deviceToken } = await this.resetPassword.execute({
      ticket: body.ticket,
      newPassword: body.new_password,
      field: 'new_password',
      forgetDevices: body.forget_devices,
      caller,
    });
    // every session of the account has ended, so a cookie of one is good for nothing
    this.cookies.clearSession(reply);
    this.cookies.offerDevice(reply, deviceToken);
  }
}

function together(dropped: string, kept: string): AppError {
  return new AppError('validation', {
    fields: [{ field: dropped, message: `must not be sent together with ${kept}` }],
  });
}
