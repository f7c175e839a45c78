import { applyDecorators } from '@nestjs/common';
import { ApiExtraModels, ApiResponse, getSchemaPath } from '@nestjs/swagger';
import { SealedErrorDto } from './dto/sealed-error.dto';

/** The errors a route may answer with, by status. */
export function ApiSealedErrors(...statuses: readonly number[]): MethodDecorator {
  return applyDecorators(
    ApiExtraModels(SealedErrorDto),
    ...statuses.map((status) => ApiResponse({ status, schema: { $ref: getSchemaPath(SealedErrorDto) } })),
  );
}
