import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { FaultyFieldDto } from './faulty-field.dto';
import { ValidationNamesDto } from './validation-names.dto';
import { errorCodes } from '../../../kernel/errors/error-catalogue';

/** RFC 9457; the fields of the standard keep its spelling. */
export class LuminaProblemDto {
  @ApiProperty({ format: 'uri' })
  type!: string;

  @ApiProperty()
  title!: string;

  @ApiProperty({ type: 'integer' })
  status!: number;

  @ApiProperty({ description: 'a name for programs', example: 'InvalidUsernameOrPassword' })
  detail!: string;

  @ApiProperty()
  instance!: string;

  @ApiProperty({ enum: errorCodes, description: 'the same in all contracts' })
  code!: string;

  @ApiPropertyOptional({ description: 'of mfa-required: finishes the sign-in at POST /auth/mfa/totp' })
  ticket?: string;

  @ApiPropertyOptional()
  errors?: ValidationNamesDto;

  @ApiPropertyOptional({ type: [FaultyFieldDto], description: 'the same in words' })
  fields?: FaultyFieldDto[];
}
