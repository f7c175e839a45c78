import { applyDecorators } from '@nestjs/common';
import { ApiExtraModels, ApiResponse, getSchemaPath } from '@nestjs/swagger';
import { ProblemDto } from './dto/problem.dto';

/** The problem documents a route may answer with, by status. */
export function ApiProblems(...statuses: readonly number[]): MethodDecorator {
  const schema = { $ref: getSchemaPath(ProblemDto) };
  return applyDecorators(
    ApiExtraModels(ProblemDto),
    ...statuses.map((status) =>
      ApiResponse({
        status,
        // all others say by their code what there is to say
        ...(status === 429 ? { description: 'too much at once; see Retry-After' } : {}),
        content: { 'application/problem+json': { schema } },
      }),
    ),
  );
}
