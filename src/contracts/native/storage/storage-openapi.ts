import { applyDecorators } from '@nestjs/common';
import { ApiHeader, ApiParam, ApiQuery, ApiResponse, getSchemaPath } from '@nestjs/swagger';
import { IMAGE_FORMATS, IMAGE_LIMITS, LADDER, LARGEST_SIDE } from '../../../core/storage/images/rendering';
import { ApiFolder } from '../../../http/openapi/api-folder.decorator';
import { LARGEST_PAGE, USUAL_PAGE } from './query-fields';
import { StoredObjectDto } from './stored-object.dto';

const BYTES = { type: 'string', format: 'binary' };
const FOLDER_STATUSES = [400, 401, 404, 429, 503];
export const DESCRIPTION = { $ref: getSchemaPath(StoredObjectDto) };

/** The rest of a URL's path, slashes included. */
export function ApiStoragePath(): MethodDecorator {
  return ApiParam({ name: 'path', type: String, description: 'segments, each percent-encoded, with slashes between' });
}

/** An answer of a file's bytes; of which type is the file's matter. */
export function ApiBytes(status: number): MethodDecorator {
  return applyDecorators(ApiResponse({ status, content: { '*/*': { schema: BYTES } } }));
}

/** A folder's files as a zip. @param isOnly where the path without a slash is none */
export function ApiZip(summary: string, isOnly = false): MethodDecorator {
  const answer = { content: { 'application/zip': { schema: BYTES } } };
  return ApiFolder({ summary, answer, statuses: FOLDER_STATUSES, isOnly });
}

/** What is said about a folder's files, a page at a time. @param isOnly as `ApiZip` has it */
export function ApiPage(summary: string, isOnly = false): MethodDecorator {
  const answer = {
    headers: { Link: { description: 'the next page, `rel="next"`, where there is one', schema: { type: 'string' } } },
    content: { 'application/json': { schema: { type: 'array', items: DESCRIPTION } } },
  };
  const limit = { type: 'integer', minimum: 1, maximum: LARGEST_PAGE, default: USUAL_PAGE } as const;
  const most = 'the most files of a page, which may end sooner, where much is said about them: go by `Link`';
  const after = 'the name or the key of a file in the folder: the page begins after it, in the byte order of names';
  return applyDecorators(
    ApiQuery({ name: 'limit', required: false, schema: limit, description: most }),
    ApiQuery({ name: 'after', required: false, type: String, description: after }),
    ApiFolder({ summary, answer, statuses: FOLDER_STATUSES, query: ['limit', 'after'], isOnly }),
  );
}

/** How an image may be wished. */
export function ApiImageWish(): MethodDecorator {
  const side = { type: 'integer', minimum: 0, maximum: LARGEST_SIDE } as const;
  const most = (what: string) => `the most pixels ${what}, rounded up to ${LADDER.join(', ')}; 0: free`;
  const quality = 'rounded up to a multiple of 5; PNG has none';
  const { avif, webp } = IMAGE_LIMITS.targetPixels;
  const format = `else that of the original (GIF: PNG); what would have more than ${avif} (AVIF) or ${webp} (WebP) pixels is made smaller`;
  return applyDecorators(
    ApiQuery({ name: 'w', required: false, schema: side, description: most('across') }),
    ApiQuery({ name: 'h', required: false, schema: side, description: most('down') }),
    ApiQuery({
      name: 'q',
      required: false,
      schema: { type: 'integer', minimum: 1, maximum: 100 },
      description: quality,
    }),
    ApiQuery({ name: 'f', required: false, enum: IMAGE_FORMATS, description: format }),
  );
}

/** Which part of a file is wanted, and which state of it (RFC 9110 §13, §14). */
export function ApiReadConditions(): MethodDecorator {
  return applyDecorators(
    optionalHeader('Range', 'one range of bytes: 206; of several, or not understood: 200 with the whole'),
    optionalHeader('If-Range', 'an `ETag`: `Range` counts only while it is that'),
    optionalHeader('If-None-Match', '304 where it is one of these `ETag`s'),
    optionalHeader('If-Modified-Since', '304 where it is as old'),
    ApiWriteConditions(),
  );
}

/** Which state of a file is gone by (RFC 9110 §13). */
export function ApiWriteConditions(): MethodDecorator {
  return applyDecorators(
    optionalHeader('If-Match', '412 where it is none of these `ETag`s'),
    optionalHeader('If-Unmodified-Since', '412 where it is newer'),
  );
}

/** As `ApiWriteConditions`, where there may be nothing yet. */
export function ApiUploadConditions(): MethodDecorator {
  return applyDecorators(ApiWriteConditions(), optionalHeader('If-None-Match', '`*`: 412 where there is a file'));
}

function optionalHeader(name: string, description: string): MethodDecorator {
  return ApiHeader({ name, required: false, description });
}
