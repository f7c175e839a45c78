import { applyDecorators } from '@nestjs/common';
import { ApiExtraModels, ApiResponse, getSchemaPath } from '@nestjs/swagger';
import { ClaimsErrorDto } from './dto/claims-error.dto';

/** The errors a route may answer with, by status. */
export function ApiClaimsErrors(...statuses: readonly number[]): MethodDecorator {
  return applyDecorators(
    ApiExtraModels(ClaimsErrorDto),
    ...statuses.map((status) => ApiResponse({ status, schema: { $ref: getSchemaPath(ClaimsErrorDto) } })),
  );
}
