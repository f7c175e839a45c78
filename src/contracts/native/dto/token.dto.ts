import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsBoolean, IsOptional, IsString } from 'class-validator';

export class RefreshDto {
  @ApiPropertyOptional({ description: 'instead of the cookie' })
  @IsOptional()
  @IsString()
  refresh_token?: string;
}

export class RevokeDto {
  @ApiPropertyOptional({ default: false, description: 'end every session of the account' })
  @IsOptional()
  @IsBoolean()
  all?: boolean;

  @ApiPropertyOptional({ default: false, description: 'end every session of the account but this one' })
  @IsOptional()
  @IsBoolean()
  others?: boolean;
}
