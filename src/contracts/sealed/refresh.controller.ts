import { Controller, Get, Headers, Req } from '@nestjs/common';
import { ApiHeader, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { Refresh } from '../../core/auth/refresh.flow';
import { Budgeted } from '../../http/budgets/budgeted.decorator';
import { CallerOf } from '../../http/caller';
import { AppError } from '../../kernel/errors/app-error';
import type { Caller } from '../../kernel/principal';
import { SealedTokensDto } from './dto/sealed-tokens.dto';
import { SEALED } from './sealed';
import { ApiSealedErrors } from './sealed-openapi';

const LONGEST_TOKEN = 4096;

@ApiTags('sealed')
@Controller('auth/refresh-token')
export class SealedRefreshController {
  constructor(private readonly refresh: Refresh) {}

  @Get()
  @Budgeted({ isForFailuresOnly: true })
  @ApiHeader({ name: 'refresh-token', required: true })
  @ApiOperation({ summary: 'Rotate the refresh token of the header' })
  @ApiOkResponse({ type: SealedTokensDto })
  @ApiSealedErrors(401, 429, 503)
  async getRefreshToken(
    @Headers('refresh-token') token: unknown,
    @CallerOf(SEALED) caller: Caller,
    @Req() request: FastifyRequest,
  ): Promise<SealedTokensDto> {
    // who asks for the head of an answer does not want its tokens
    if (request.method === 'HEAD') throw new AppError('not-found');
    if (typeof token !== 'string' || token === '' || token.length > LONGEST_TOKEN) {
      throw new AppError('invalid-refresh-token');
    }
    const { access, refreshToken } = await this.refresh.execute({ refreshToken: token, caller });
    return { accessToken: access.token, refreshToken };
  }
}
