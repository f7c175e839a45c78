import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Params } from 'nestjs-pino';
import type { DestinationStream } from 'pino';
import type { Settings } from '../../config/settings';
import { errorForLog } from './error-for-log';

/**
 * JSON lines that carry a request's id and nothing else of it: no URL, header, body, query or cookie at any level. The
 * request and response objects are never given to the logger's serializers, so a lower level tells no more.
 */
export function logOptions(settings: Settings, destination?: DestinationStream): Params {
  const pinoHttp = {
    level: settings.logLevel,
    // requests are logged by RequestLog, which knows the route's pattern
    autoLogging: false,
    quietReqLogger: true,
    quietResLogger: true,
    genReqId: (request: Partial<Pick<IncomingMessage, 'id'>>) => request.id ?? randomUUID(),
    customAttributeKeys: { reqId: 'requestId' },
    serializers: { err: errorForLog, error: errorForLog, req: withheld, res: withheld },
    // what should be logged by no one, should someone do it all the same
    redact: { paths: SECRET_PATHS, censor: '(withheld)' },
  };
  return { pinoHttp: destination ? [pinoHttp, destination] : pinoHttp, assignResponse: false };
}

const SECRETS = [
  'password',
  'new_password',
  'old_password',
  'auth_verifier',
  'token',
  'refresh_token',
  'jwt_token',
  'ticket',
  'code',
  'totp_code',
  'secret',
  'cookie',
  'authorization',
  'headers',
  'body',
  'query',
  'parameters',
];

const SECRET_PATHS = [...SECRETS, ...SECRETS.map((name) => `*.${name}`)].filter((path) => path !== '*.code');

function withheld(): undefined {
  return undefined;
}
