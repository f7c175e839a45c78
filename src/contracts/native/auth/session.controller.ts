import { Body, Controller, Delete, Get, HttpCode, Param, Post, Res } from '@nestjs/common';
import { ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { DeleteAccount } from '../../../core/auth/delete-account.flow';
import { EndSessions } from '../../../core/auth/end-sessions.flow';
import { ListSessions } from '../../../core/auth/list-sessions.flow';
import { Authenticated, CurrentPrincipal } from '../../../http/authenticated.decorator';
import { Budgeted } from '../../../http/budgets/budgeted.decorator';
import { CallerOf } from '../../../http/caller';
import { CookieJar } from '../../../http/cookie-jar';
import type { Caller, Principal } from '../../../kernel/principal';
import { NoFieldsDto } from '../dto/no-fields.dto';
import { SessionDto } from '../dto/session.dto';
import { NATIVE } from '../native';
import { toSessionDto } from '../native.mapper';
import { ApiProblems } from '../native-openapi';

@ApiTags('account')
@Controller('auth')
@Authenticated()
export class SessionController {
  constructor(
    private readonly listSessions: ListSessions,
    private readonly endSessions: EndSessions,
    private readonly deleteAccount: DeleteAccount,
    private readonly cookies: CookieJar,
  ) {}

  @Get('sessions')
  @ApiOperation({ summary: 'The live sessions of this account, of whatever contract' })
  @ApiOkResponse({ type: [SessionDto] })
  @ApiProblems(401, 429, 503)
  async getSessions(@CurrentPrincipal() principal: Principal): Promise<SessionDto[]> {
    const sessions = await this.listSessions.execute(principal);
    return sessions.map((session) => toSessionDto(session, principal.sessionId));
  }

  @Delete('sessions/:id')
  @HttpCode(204)
  @Budgeted()
  @ApiOperation({ summary: 'End one session of this account' })
  @ApiNoContentResponse()
  @ApiProblems(401, 403, 404, 429, 503)
  async deleteSession(
    @Param('id') id: string,
    @CurrentPrincipal() principal: Principal,
    @CallerOf(NATIVE) caller: Caller,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<void> {
    await this.endSessions.execute({ principal, which: { sessionId: id }, caller });
    if (id === principal.sessionId) this.cookies.clearSession(reply);
  }

  @Post('delete')
  @HttpCode(204)
  @Budgeted()
  @ApiOperation({ summary: 'Delete this account and all that is its' })
  @ApiNoContentResponse()
  @ApiProblems(400, 401, 403, 429, 503)
  async postDelete(
    @Body() _body: NoFieldsDto,
    @CurrentPrincipal() principal: Principal,
    @CallerOf(NATIVE) caller: Caller,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<void> {
    await this.deleteAccount.execute({ principal, caller });
    this.cookies.clearSession(reply);
    this.cookies.clearDevice(reply);
  }
}
