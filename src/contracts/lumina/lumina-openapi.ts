import { applyDecorators } from '@nestjs/common';
import { ApiExtraModels, ApiResponse, getSchemaPath } from '@nestjs/swagger';
import { LuminaProblemDto } from './dto/lumina-problem.dto';

/** The problem documents a route may answer with, by status. */
export function ApiLuminaProblems(...statuses: readonly number[]): MethodDecorator {
  const schema = { $ref: getSchemaPath(LuminaProblemDto) };
  return applyDecorators(
    ApiExtraModels(LuminaProblemDto),
    ...statuses.map((status) => ApiResponse({ status, content: { 'application/problem+json': { schema } } })),
  );
}
