import { applyDecorators } from '@nestjs/common';
import { ApiBearerAuth, ApiCookieAuth, ApiSecurity } from '@nestjs/swagger';
import { VAULT_ACCESS_COOKIE } from '../cookies';

/** The header that some contracts carry an access token in. */
export const ACCESS_TOKEN_HEADER = 'access-token';

/** As `ApiAccessToken`, for routes that somebody without one may call as well. */
export function ApiAccessTokenIfSent(): MethodDecorator & ClassDecorator {
  return applyDecorators(ApiAccessToken(), ApiSecurity({}));
}

/** Says the ways in which an access token may come: any one of them. */
export function ApiAccessToken(): MethodDecorator & ClassDecorator {
  return applyDecorators(ApiBearerAuth(), ApiSecurity(ACCESS_TOKEN_HEADER), ApiCookieAuth(VAULT_ACCESS_COOKIE));
}
