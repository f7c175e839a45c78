import { ApiPropertyOptional } from '@nestjs/swagger';
import { LegacyUserDto } from './legacy-user.dto';
import { AccessTokenDto } from './access-token.dto';

export class SignedInDto extends AccessTokenDto {
  @ApiPropertyOptional({ description: 'with cookie: false' })
  refresh_token?: string;

  @ApiPropertyOptional({ description: 'milliseconds; with cookie: false' })
  refresh_expires_in?: number;

  @ApiPropertyOptional({ description: 'with cookie: false' })
  device_token?: string;

  @ApiPropertyOptional({ type: LegacyUserDto, description: 'with cookie: false, for older spellings' })
  user?: LegacyUserDto;
}
