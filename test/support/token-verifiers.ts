import fastifyJwt from '@fastify/jwt';
import { expressjwt, UnauthorizedError } from 'express-jwt';
import Fastify, { type FastifyError, type FastifyRequest } from 'fastify';
import { createRemoteJWKSet, errors, jwtVerify } from 'jose';
import jwt, { type Algorithm, type JwtPayload } from 'jsonwebtoken';
import jwksClient, { expressJwtSecret, passportJwtSecret } from 'jwks-rsa';
import inject from 'light-my-request';
import { createPublicKey, type JsonWebKey } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Passport } from 'passport';
import { ExtractJwt, Strategy } from 'passport-jwt';

/** What somebody who checks our tokens asks for beyond a signature of the published set. */
export interface Demands {
  readonly issuer?: string;
  readonly audience?: string;
  readonly algorithms?: Algorithm[];
}

export interface Verifier {
  /** The claims of a token that is accepted; null when it is refused. Anything else that goes wrong is thrown. */
  check(token: string): Promise<object | null>;
}

/** express-jwt wants a list in any case: somebody who did not think about it. */
const EVERY_ALGORITHM: Algorithm[] = ['HS256', 'RS256', 'PS256', 'ES256', 'ES384'];

/** Resource servers of other people: each fetches the key set from `jwksUri` and knows nothing else of us. */
export const verifiers = {
  jose: verifyWithJose,
  'jwks-rsa and jsonwebtoken': verifyWithJsonwebtoken,
  'express-jwt': verifyWithExpressJwt,
  'passport-jwt': verifyWithPassportJwt,
  '@fastify/jwt': verifyWithFastifyJwt,
} as const satisfies Record<string, (jwksUri: string, demands: Demands) => Verifier>;

function verifyWithJose(jwksUri: string, demands: Demands): Verifier {
  const keys = createRemoteJWKSet(new URL(jwksUri));
  return {
    check: async (token) => {
      try {
        return (await jwtVerify(token, keys, demands)).payload;
      } catch (error) {
        if (error instanceof errors.JOSEError && !(error instanceof errors.JWKSTimeout)) return null;
        throw error;
      }
    },
  };
}

function verifyWithJsonwebtoken(jwksUri: string, demands: Demands): Verifier {
  const client = jwksClient({ jwksUri });
  return {
    check: async (token) => {
      const header = jwt.decode(token, { complete: true })?.header;
      try {
        const key = await client.getSigningKey(header?.kid);
        return jwt.verify(token, key.getPublicKey(), demands) as JwtPayload;
      } catch (error) {
        if (error instanceof jwt.JsonWebTokenError || error instanceof jwksClient.SigningKeyNotFoundError) return null;
        throw error;
      }
    },
  };
}

function verifyWithExpressJwt(jwksUri: string, demands: Demands): Verifier {
  const secret = expressJwtSecret({ jwksUri });
  const check = expressjwt({ secret, algorithms: EVERY_ALGORITHM, ...demands });
  return overHttp((request, response) => {
    const next = (error?: unknown): void => {
      if (!error) answer(response, 200, (request as WithAuth).auth);
      else answer(response, error instanceof UnauthorizedError ? 401 : 500, error);
    };
    // Express adds to Node's request and response what express-jwt does not use
    check(request as never, response as never, next).catch(next);
  });
}

function verifyWithPassportJwt(jwksUri: string, demands: Demands): Verifier {
  const passport = new Passport();
  const options = {
    jwtFromRequest: ExtractJwt.fromAuthHeaderAsBearerToken(),
    secretOrKeyProvider: passportJwtSecret({ jwksUri }),
    ...demands,
  };
  passport.use(new Strategy(options, (claims: object, done) => done(null, claims)));
  return overHttp((request, response) => {
    const done = (error: unknown, claims?: unknown, info?: unknown): void => {
      if (error) answer(response, 500, error);
      else answer(response, claims ? 200 : 401, claims || info);
    };
    const authenticate = passport.authenticate('jwt', { session: false }, done) as Middleware;
    authenticate(request, response, done);
  });
}

function verifyWithFastifyJwt(jwksUri: string, demands: Demands): Verifier {
  const { issuer, audience, algorithms } = demands;
  const server = Fastify();
  const publicKey = async (_request: FastifyRequest, token: unknown): Promise<string> => {
    const { keys } = (await (await fetch(jwksUri)).json()) as { keys: (JsonWebKey & { kid: string })[] };
    const { kid } = (token as { header: { kid?: string } }).header;
    const found = keys.find((key) => key.kid === kid);
    if (!found) throw Object.assign(new Error('no such key'), { statusCode: 401 });
    return createPublicKey({ key: found, format: 'jwk' }).export({ format: 'pem', type: 'spki' }).toString();
  };
  void server.register(fastifyJwt, {
    // never asked: nothing is signed there
    secret: { public: publicKey, private: publicKey },
    decode: { complete: true },
    verify: {
      ...(issuer === undefined ? {} : { allowedIss: issuer }),
      ...(audience === undefined ? {} : { allowedAud: audience }),
      ...(algorithms === undefined ? {} : { algorithms }),
    },
  });
  server.get('/', (request) => request.jwtVerify<object>());
  // of fast-jwt's refusals the plugin makes some a 401 and leaves the others to the server
  server.setErrorHandler((error: Partial<FastifyError>, _request, reply) => {
    void reply.status(error.code?.startsWith('FAST_JWT_') ? 401 : (error.statusCode ?? 500)).send(error);
  });
  return {
    check: async (token) => outcomeOf(await server.inject({ url: '/', headers: { authorization: `Bearer ${token}` } })),
  };
}

type Middleware = (request: IncomingMessage, response: ServerResponse, next: (error?: unknown) => void) => void;
type WithAuth = IncomingMessage & { readonly auth?: object };

function overHttp(handle: (request: IncomingMessage, response: ServerResponse) => void): Verifier {
  return {
    check: async (token) =>
      outcomeOf(
        await inject(handle, {
          url: '/',
          headers: { authorization: `Bearer ${token}` },
        }),
      ),
  };
}

function answer(response: ServerResponse, status: number, body: unknown): void {
  response.statusCode = status;
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify(body instanceof Error ? body.message : body));
}

function outcomeOf({ statusCode, body }: { statusCode: number; body: string }): object | null {
  if (statusCode === 200) return JSON.parse(body) as object;
  if (statusCode === 401) return null;
  throw new Error(`${String(statusCode)} ${body}`);
}
