import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsBoolean } from 'class-validator';
import { MayBeAbsent } from '../../../http/fields/may-be-absent';

export class RevokeDto {
  @ApiPropertyOptional({ default: false, description: 'end every session of the account' })
  @MayBeAbsent()
  @IsBoolean()
  all?: boolean;

  @ApiPropertyOptional({ default: false, description: 'end every session of the account but this one' })
  @MayBeAbsent()
  @IsBoolean()
  others?: boolean;
}
