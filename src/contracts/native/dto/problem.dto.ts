import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { errorCodes } from '../../../kernel/errors/error-catalogue';
import { FieldFaultDto } from './field-fault.dto';

/** RFC 9457. */
export class ProblemDto {
  @ApiProperty({ format: 'uri' })
  type!: string;

  @ApiProperty()
  title!: string;

  @ApiProperty({ type: 'integer' })
  status!: number;

  @ApiProperty()
  detail!: string;

  @ApiProperty()
  instance!: string;

  @ApiProperty({ enum: errorCodes })
  code!: string;

  @ApiPropertyOptional({ type: [FieldFaultDto] })
  errors?: FieldFaultDto[];
}
