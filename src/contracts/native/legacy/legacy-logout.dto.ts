import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsBoolean } from 'class-validator';
import { MayBeAbsent } from '../../../http/fields/may-be-absent';

export class LegacyLogoutDto {
  @ApiPropertyOptional({ default: false })
  @MayBeAbsent()
  @IsBoolean()
  all?: boolean;
}
