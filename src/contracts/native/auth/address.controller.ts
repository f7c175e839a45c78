import { Body, Controller, HttpCode, Post, Res } from '@nestjs/common';
import { ApiNoContentResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Activate } from '../../../core/auth/activate.flow';
import { RequestActivation } from '../../../core/auth/request-activation.flow';
import { VerifyEmail, type VerifyEmailCommand } from '../../../core/auth/verify-email.flow';
import { Budgeted } from '../../../http/budgets/budgeted.decorator';
import { CallerOf } from '../../../http/caller';
import { CookieJar } from '../../../http/cookie-jar';
import { MaybeAuthenticated, PrincipalDemand, type DemandPrincipal } from '../../../http/authenticated.decorator';
import type { Caller } from '../../../kernel/principal';
import { EmailDto } from '../dto/email.dto';
import { TicketDto } from '../dto/ticket.dto';
import { VerifyEmailDto } from '../dto/verify-email.dto';
import { NATIVE } from '../native';
import { ApiProblems } from '../native-openapi';

@ApiTags('registration')
@Controller('auth')
export class AddressController {
  constructor(
    private readonly activate: Activate,
    private readonly requestActivation: RequestActivation,
    private readonly verifyEmail: VerifyEmail,
    private readonly cookies: CookieJar,
  ) {}

  @Post('activate')
  @HttpCode(204)
  @Budgeted()
  @ApiOperation({ summary: 'Spend an activation ticket' })
  @ApiNoContentResponse()
  @ApiProblems(400, 401, 429, 503)
  async postActivate(
    @Body() body: TicketDto,
    @CallerOf(NATIVE) caller: Caller,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<void> {
    const { deviceToken } = await this.activate.execute({ ticket: body.ticket, password: null, caller });
    this.cookies.offerDevice(reply, deviceToken);
  }

  @Post('activate/request')
  @HttpCode(204)
  @Budgeted()
  @ApiOperation({ summary: 'Ask for another mail to an address that is not proved' })
  @ApiNoContentResponse()
  @ApiProblems(400, 429, 503)
  async postActivateRequest(@Body() body: EmailDto, @CallerOf(NATIVE) caller: Caller): Promise<void> {
    await this.requestActivation.execute({ email: body.email, caller });
  }

  @Post('verify-email')
  @HttpCode(204)
  @Budgeted()
  @MaybeAuthenticated()
  @ApiOperation({ summary: 'Prove the address of an account, with its session or its password' })
  @ApiNoContentResponse()
  @ApiProblems(400, 401, 403, 429, 503)
  async postVerifyEmail(
    @Body() body: VerifyEmailDto,
    @CallerOf(NATIVE) caller: Caller,
    @PrincipalDemand() demandPrincipal: DemandPrincipal,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<void> {
    const proof: VerifyEmailCommand['proof'] =
      body.password === undefined ? { principal: demandPrincipal() } : { password: body.password };
    const { deviceToken } = await this.verifyEmail.execute({ ticket: body.ticket, proof, caller });
    this.cookies.offerDevice(reply, deviceToken);
  }
}
