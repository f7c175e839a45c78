import { applyDecorators } from '@nestjs/common';
import { ApiExtraModels, ApiProperty, ApiPropertyOptional, ApiResponse, getSchemaPath } from '@nestjs/swagger';
import { errorCodes } from '../../kernel/errors/error-catalogue';

export class FieldFaultDto {
  @ApiProperty()
  field!: string;

  @ApiProperty()
  message!: string;
}

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

/** The problem documents a route may answer with, by status. */
export function ApiProblems(...statuses: readonly number[]): MethodDecorator {
  const schema = { $ref: getSchemaPath(ProblemDto) };
  return applyDecorators(
    ApiExtraModels(ProblemDto),
    ...statuses.map((status) => ApiResponse({ status, content: { 'application/problem+json': { schema } } })),
  );
}
