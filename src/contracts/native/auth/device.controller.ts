import { Body, Controller, Delete, Get, HttpCode, Param, Post } from '@nestjs/common';
import { ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { ForgetDevice } from '../../../core/auth/forget-device.flow';
import { ListDevices } from '../../../core/auth/list-devices.flow';
import { RequestUnlock } from '../../../core/auth/request-unlock.flow';
import { Authenticated, CurrentPrincipal } from '../../../http/authenticated.decorator';
import { Budgeted } from '../../../http/budgets/budgeted.decorator';
import { CallerOf } from '../../../http/caller';
import { RecognisesSession } from '../../../http/recognises-session.decorator';
import type { Caller, Principal } from '../../../kernel/principal';
import { DeviceDto } from '../dto/device.dto';
import { EmailDto } from '../dto/email.dto';
import { NATIVE } from '../native';
import { toDeviceDto } from '../native.mapper';
import { ApiProblems } from '../native-openapi';

@ApiTags('lockout')
@Controller('auth')
export class DeviceController {
  constructor(
    private readonly listDevices: ListDevices,
    private readonly forgetDevice: ForgetDevice,
    private readonly requestUnlock: RequestUnlock,
  ) {}

  @Get('devices')
  @Authenticated()
  @ApiOperation({ summary: 'The devices and networks this account knows: strangers cannot lock it there' })
  @ApiOkResponse({ type: [DeviceDto] })
  @ApiProblems(401, 429, 503)
  async getDevices(@CurrentPrincipal() principal: Principal, @CallerOf(NATIVE) caller: Caller): Promise<DeviceDto[]> {
    return (await this.listDevices.execute(principal, caller)).map(toDeviceDto);
  }

  @Delete('devices/:id')
  @HttpCode(204)
  @Budgeted()
  @Authenticated()
  @ApiOperation({ summary: 'Forget a device or network: it is a stranger’s from now on' })
  @ApiNoContentResponse()
  @ApiProblems(401, 403, 404, 429, 503)
  async deleteDevice(
    @Param('id') id: string,
    @CurrentPrincipal() principal: Principal,
    @CallerOf(NATIVE) caller: Caller,
  ): Promise<void> {
    await this.forgetDevice.execute({ principal, id, caller });
  }

  @Post('unlock/request')
  @HttpCode(204)
  @Budgeted()
  @RecognisesSession()
  @ApiOperation({ summary: 'Ask for a link that lets the owner of a locked account in' })
  @ApiNoContentResponse()
  @ApiProblems(400, 429, 503)
  async postUnlockRequest(@Body() body: EmailDto, @CallerOf(NATIVE) caller: Caller): Promise<void> {
    await this.requestUnlock.execute({ email: body.email, caller });
  }
}
