import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsRefreshToken } from '../../../http/fields/is-refresh-token';
import { MayBeAbsent } from '../../../http/fields/may-be-absent';

export class RefreshDto {
  @ApiPropertyOptional({ description: 'instead of the cookie' })
  @MayBeAbsent()
  @IsRefreshToken()
  refresh_token?: string;
}
