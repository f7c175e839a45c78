import { applyDecorators } from '@nestjs/common';
import { ApiExtraModels, ApiResponse, getSchemaPath } from '@nestjs/swagger';
import { RefusalDto } from './refusal.dto';

/** The errors a route may answer with, by status. */
export function ApiRefusals(...statuses: readonly number[]): MethodDecorator {
  const schema = { $ref: getSchemaPath(RefusalDto) };
  return applyDecorators(ApiExtraModels(RefusalDto), ...statuses.map((status) => ApiResponse({ status, schema })));
}
