import { applyDecorators } from '@nestjs/common';
import { ApiExtraModels, ApiResponse, getSchemaPath } from '@nestjs/swagger';
import type { SharedOperation } from '../../http/openapi/shared-operation';
import { SealedErrorDto } from './dto/sealed-error.dto';
import { SealedLoginDto } from './dto/sealed-login.dto';
import { SealedRegisterDto } from './dto/sealed-register.dto';
import { SealedSignedInDto } from './dto/sealed-signed-in.dto';
import { SealedUserDto } from './dto/sealed-user.dto';

/** The errors a route may answer with, by status. */
export function ApiSealedErrors(...statuses: readonly number[]): MethodDecorator {
  return applyDecorators(
    ApiExtraModels(SealedErrorDto),
    ...statuses.map((status) => ApiResponse({ status, schema: { $ref: getSchemaPath(SealedErrorDto) } })),
  );
}

const errorsOf = (...statuses: readonly number[]) =>
  Object.fromEntries(statuses.map((status) => [status, SealedErrorDto]));

/** What is answered at the shared paths, which no decorator can say. */
export const sharedOperations: readonly SharedOperation[] = [
  {
    method: 'post',
    path: '/auth/register',
    body: SealedRegisterDto,
    answers: { 201: SealedSignedInDto, ...errorsOf(400, 403, 409, 429, 503) },
  },
  {
    method: 'post',
    path: '/auth/login',
    body: SealedLoginDto,
    answers: { 200: SealedSignedInDto, ...errorsOf(400, 401, 403, 429, 503) },
  },
  { method: 'get', path: '/user/me', answers: { 200: SealedUserDto, ...errorsOf(401, 429, 503) } },
];
