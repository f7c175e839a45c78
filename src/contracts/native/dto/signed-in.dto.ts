import { ApiPropertyOptional } from '@nestjs/swagger';
import { AccessTokenDto } from './access-token.dto';

export class SignedInDto extends AccessTokenDto {
  @ApiPropertyOptional({ description: 'with cookie: false' })
  refresh_token?: string;

  @ApiPropertyOptional({ description: 'milliseconds; with cookie: false' })
  refresh_expires_in?: number;

  @ApiPropertyOptional({ description: 'with cookie: false' })
  device_token?: string;
}
