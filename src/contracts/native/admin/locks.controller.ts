import { Body, Controller, Get, HttpCode, Param, Post } from '@nestjs/common';
import { ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { LiftLock } from '../../../core/auth/lift-lock.flow';
import { ListLocks } from '../../../core/auth/list-locks.flow';
import { Authenticated, CurrentPrincipal } from '../../../http/authenticated.decorator';
import { Budgeted } from '../../../http/budgets/budgeted.decorator';
import { CallerOf } from '../../../http/caller';
import type { Caller, Principal } from '../../../kernel/principal';
import { LockDto } from '../dto/lock.dto';
import { NoFieldsDto } from '../dto/no-fields.dto';
import { NATIVE } from '../native';
import { toLockDto } from '../native.mapper';
import { ApiProblems } from '../native-openapi';

@ApiTags('admin')
@Controller('admin/locks')
@Authenticated()
export class LocksController {
  constructor(
    private readonly listLocks: ListLocks,
    private readonly liftLock: LiftLock,
  ) {}

  @Get()
  @ApiOperation({ summary: 'The locks of accounts that have not ended, the latest 200' })
  @ApiOkResponse({ type: [LockDto] })
  @ApiProblems(401, 403, 429, 503)
  async getLocks(@CurrentPrincipal() principal: Principal): Promise<LockDto[]> {
    return (await this.listLocks.execute(principal)).map(toLockDto);
  }

  @Post(':id/lift')
  @HttpCode(204)
  @Budgeted()
  @ApiOperation({ summary: 'End a lock before its time, for everybody' })
  @ApiNoContentResponse()
  @ApiProblems(400, 401, 403, 404, 429, 503)
  async postLift(
    @Param('id') id: string,
    @Body() _body: NoFieldsDto,
    @CurrentPrincipal() principal: Principal,
    @CallerOf(NATIVE) caller: Caller,
  ): Promise<void> {
    await this.liftLock.execute({ principal, id, caller });
  }
}
