import fastifyCookie from '@fastify/cookie';
import fastifyHelmet from '@fastify/helmet';
import fastifyMultipart from '@fastify/multipart';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { FastifyHttpOptions, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { IncomingMessage, Server } from 'node:http';
import type { Socket } from 'node:net';
import type { Settings } from '../config/settings';
import { AppError } from '../kernel/errors/app-error';
import { newId } from '../kernel/ids';
import { asItWaits, watchAnswer } from './answer-deadline';
import { parseFormBody, parseJsonBody, takesForm } from './body-parsers';
import { corsOptions } from './cors';
import { answerClientError } from './errors/client-error';
import type { ErrorResponder } from './errors/error-responder.service';
import { watchBody } from './request-deadline';
import { helmetOptions } from './security-headers';
import { takesUpload } from './takes-upload.decorator';
import { webContextOf } from './web-context';

const BODY_LIMIT_BYTES = 64 * 1024;
/** Characters. Routes match no regular expressions: a secret that is too long to be one is a wrong one, not a bad URL. */
const LONGEST_PARAM = 8192;
/** The head of a request; `watchBody` looks after the rest. */
const HEADERS_TIMEOUT_MS = 60_000;

/** One file and what would be too much. */
const MULTIPART_LIMITS = { parts: 3, fieldSize: 1024, headerPairs: 20, fileSize: Infinity };

/** Errors that Fastify raises outside of Nest, answered by Nest's responder once there is one. */
interface ErrorRelay {
  responder: ErrorResponder | null;
}

/** Fastify as this service wants it. */
export class HttpAdapter extends FastifyAdapter {
  constructor(
    settings: Settings,
    private readonly relay: ErrorRelay = { responder: null },
  ) {
    super(serverOptions(settings, relay));
    const instance = this.getInstance<FastifyInstance>();
    instance.server.headersTimeout = HEADERS_TIMEOUT_MS;
    const webContext = webContextOf(settings);
    instance.decorateRequest('webContext', { getter: () => webContext });
    instance.addHook('onRequest', (request, reply, done) => {
      watchBody(request, reply.raw, () => {
        answerClientError(new Error('a body that does not end'), request.raw.socket, relay.responder);
      });
      done(hasItsHost(request.raw) ? undefined : new AppError('bad-url'));
    });
    // node would answer 417 in nobody's shape; what is expected may be ignored (RFC 9110 §10.1.1)
    instance.server.on('checkExpectation', (...exchange) => instance.server.emit('request', ...exchange));
    instance.addHook('preParsing', (request, _reply, payload, done) => {
      const isUpload = isMultipart(request.headers['content-type']);
      done(isUpload ? refusalOfType(request) : null, payload);
    });
    instance.addHook('onSend', (request, reply, payload, done) => {
      watchAnswer(request, reply, payload);
      // most answers hold a token or a person: what may be kept says so itself
      if (!reply.hasHeader('cache-control')) void reply.header('Cache-Control', 'no-store');
      done(null, asItWaits(payload));
    });
    void instance.register(fastifyHelmet, helmetOptions(settings));
    void instance.register(fastifyCookie);
    this.enableCors(corsOptions(settings));
  }

  /** Called by Nest once, whatever options the application was made with: these are the only parsers there are. */
  override registerParserMiddleware(): void {
    if (this.isParserRegistered) return;
    this.getInstance().removeAllContentTypeParsers();
    const options = { bodyLimit: BODY_LIMIT_BYTES };
    this.useBodyParser('application/json', false, options, (_request, body, done) => {
      attempt(() => parseJsonBody(body), done);
    });
    this.useBodyParser('application/x-www-form-urlencoded', false, options, (request, body, done) => {
      attempt(() => {
        if (!takesForm(request)) throw new AppError('unsupported-media-type');
        return parseFormBody(body);
      }, done);
    });
    const instance = this.getInstance<FastifyInstance>();
    // here, because the parser that it adds would have been removed above; how much a file may have, the core says
    void instance.register(fastifyMultipart, { limits: MULTIPART_LIMITS });
    // which file types a route takes is looked at after who may send it one
    instance.addContentTypeParser('*', (request, _payload, done) => {
      done(refusalOfType(request));
    });
  }

  /** From now on errors outside of Nest's reach are answered by `responder` too. */
  answerErrorsWith(responder: ErrorResponder): void {
    this.relay.responder = responder;
  }
}

function serverOptions(settings: Settings, relay: ErrorRelay): FastifyHttpOptions<Server> {
  return {
    // `true` would let callers choose their address; the settings never say it
    trustProxy: typeof settings.trustProxy === 'object' ? [...settings.trustProxy] : settings.trustProxy,
    bodyLimit: BODY_LIMIT_BYTES,
    // ours to refuse, see `hasItsHost`: node's own answer has no body
    http: { requireHostHeader: false },
    // ids are ours: a caller's own would reach the log and the audit trail
    requestIdHeader: false,
    genReqId: newId,
    // while draining, requests under way on kept connections are served, and told to close; not refused in Fastify's shape
    return503OnClosing: false,
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: LONGEST_PARAM },
    frameworkErrors: (error: Error, request: FastifyRequest, reply: FastifyReply) => {
      if (relay.responder) relay.responder.respond(error, request, reply);
      else void reply.code(503).send();
    },
    clientErrorHandler: (error: Error, socket: Socket) => {
      answerClientError(error, socket, relay.responder);
    },
  };
}

/** One and no more: a URL without its host is none, and of two each proxy on the way may take another (RFC 9112 §3.2). */
function hasItsHost({ httpVersion, rawHeaders }: IncomingMessage): boolean {
  const hosts = rawHeaders.filter((text, index) => index % 2 === 0 && text.toLowerCase() === 'host').length;
  return hosts === 1 || (hosts === 0 && httpVersion === '1.0');
}

/** For a body of a type that only uploads may have. A path that is not there is that, whatever is sent to it. */
function refusalOfType(request: FastifyRequest): AppError | null {
  return takesUpload(request) || request.is404 ? null : new AppError('unsupported-media-type');
}

function isMultipart(contentType: string | undefined): boolean {
  return /^multipart\/form-data\b/i.test(contentType ?? '');
}

function attempt(parse: () => unknown, done: (error: Error | null, body?: unknown) => void): void {
  try {
    done(null, parse());
  } catch (error) {
    done(error as Error);
  }
}
