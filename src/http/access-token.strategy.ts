import { Injectable } from '@nestjs/common';
import { PassportStrategy } from '@nestjs/passport';
import type { FastifyRequest } from 'fastify';
import type { KeyObject } from 'node:crypto';
import { Strategy, type StrategyOptionsWithoutRequest } from 'passport-jwt';
import { Settings } from '../config/settings';
import type { AccessClaims } from '../core/session/access-claims';
import { AccessTokens } from '../core/session/access-tokens.service';
import { AppError } from '../kernel/errors/app-error';
import { accessTokenOf } from './auth/access-token.source';
import { tokenHeader } from './auth/token-header';

const NAME = 'access-token';

/**
 * Checks an access token's signature, algorithm, issuer and audience. Not its times: passport-jwt takes its clock once,
 * in the constructor, so those are the guard's to check, against ours.
 */
@Injectable()
export class AccessTokenStrategy extends PassportStrategy(Strategy, NAME) {
  constructor(tokens: AccessTokens, settings: Settings) {
    const options = {
      jwtFromRequest: (request: unknown) => accessTokenOf(request as FastifyRequest)?.token ?? null,
      secretOrKeyProvider: (_request: unknown, token: string, done: KeyDone) => {
        provideKey(tokens, token).then(
          (key) => {
            done(null, key);
          },
          (error: unknown) => {
            done(error);
          },
        );
      },
      algorithms: ['ES256', 'ES384', 'RS256', 'PS256'],
      issuer: settings.jwtIssuer,
      audience: settings.jwtAudience,
      ignoreExpiration: true,
    };
    // the published type knows keys as text and bytes only; jsonwebtoken, which gets it, takes key objects
    super(options as unknown as StrategyOptionsWithoutRequest);
  }

  validate(claims: AccessClaims): AccessClaims {
    return claims;
  }
}

type KeyDone = (error: unknown, key?: KeyObject) => void;

/** The key the header names, if its algorithm is the key's own (RFC 8725 §3.1). */
async function provideKey(tokens: AccessTokens, token: string): Promise<KeyObject> {
  const header = tokenHeader(token);
  const key = header && (await tokens.keyFor(header));
  if (!key) throw new AppError('invalid-token');
  return key;
}
