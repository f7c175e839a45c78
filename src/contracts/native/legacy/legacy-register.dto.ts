import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsBoolean } from 'class-validator';
import { IsPlainData } from '../../../http/fields/is-plain-data';
import { MayBeAbsent } from '../../../http/fields/may-be-absent';
import { RegisterDto } from '../dto/register.dto';

/** What older clients send besides. */
export class LegacyRegisterDto extends RegisterDto {
  @ApiPropertyOptional({ description: 'has no effect: registration sets no cookie' })
  @MayBeAbsent()
  @IsBoolean()
  cookie?: boolean;

  @ApiPropertyOptional({ type: 'object', additionalProperties: true, description: 'kept with the account' })
  @MayBeAbsent()
  @IsPlainData()
  user_data?: Record<string, unknown>;

  @ApiPropertyOptional({
    type: 'object',
    additionalProperties: true,
    description: 'kept with the account; grants nothing',
  })
  @MayBeAbsent()
  @IsPlainData()
  register_options?: Record<string, unknown>;
}
