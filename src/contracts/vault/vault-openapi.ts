import { applyDecorators } from '@nestjs/common';
import { ApiExtraModels, ApiResponse, getSchemaPath } from '@nestjs/swagger';
import { VaultErrorDto } from './dto/vault-error.dto';

/** The errors a route may answer with, by status. */
export function ApiVaultErrors(...statuses: readonly number[]): MethodDecorator {
  return applyDecorators(
    ApiExtraModels(VaultErrorDto),
    ...statuses.map((status) => ApiResponse({ status, schema: { $ref: getSchemaPath(VaultErrorDto) } })),
  );
}
