import { applyDecorators } from '@nestjs/common';
import { ApiParam, ApiQuery, ApiResponse } from '@nestjs/swagger';

/** The rest of a URL's path, slashes included. */
export function ApiStoragePath(): MethodDecorator {
  return ApiParam({ name: 'path', type: String, description: 'segments, each percent-encoded, with slashes between' });
}

/** An answer of a file's bytes; of which type is the file's matter. */
export function ApiBytes(status: number): MethodDecorator {
  const content = { '*/*': { schema: { type: 'string', format: 'binary' } } };
  return applyDecorators(ApiResponse({ status, content }));
}

/** Which part of a folder is shown. */
export function ApiPage(): MethodDecorator {
  return applyDecorators(
    ApiQuery({ name: 'limit', required: false, schema: { type: 'integer', minimum: 1, maximum: 1000 } }),
    ApiQuery({ name: 'after', required: false, type: String, description: 'a file name; `Link` tells the next page' }),
  );
}
