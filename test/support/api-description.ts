import Ajv2020, { type ValidateFunction } from 'ajv/dist/2020';
import addFormats from 'ajv-formats';
import type { Response } from 'light-my-request';
import type { TestApp } from './test-app';

interface Media {
  readonly schema?: object;
}

interface Operation {
  readonly summary?: string;
  readonly security?: readonly object[];
  readonly requestBody?: { readonly content: Record<string, Media> };
  readonly responses: Record<string, { readonly content?: Record<string, Media> }>;
}

interface Document {
  readonly openapi: string;
  readonly paths: Record<string, Record<string, Operation>>;
  readonly components: {
    readonly schemas: Record<string, Record<string, unknown>>;
    readonly securitySchemes: Record<string, Record<string, unknown>>;
  };
}

/** The service's own OpenAPI document, and whether answers are what it says. */
export class ApiDescription {
  private readonly ajv = new Ajv2020({ strict: false, allErrors: true });

  private constructor(readonly document: Document) {
    addFormats(this.ajv);
    this.ajv.addSchema({ ...closed(document), $id: 'api' });
  }

  static async of(service: TestApp): Promise<ApiDescription> {
    return new ApiDescription((await service.get('/openapi.json')).json<Document>());
  }

  /** `GET /path` of every operation, sorted. */
  get operations(): string[] {
    return Object.entries(this.document.paths)
      .flatMap(([path, methods]) => Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`))
      .sort();
  }

  operation(method: string, path: string): Operation {
    const found = this.document.paths[path]?.[method.toLowerCase()];
    if (!found) throw new Error(`${method} ${path} is not described`);
    return found;
  }

  /** The template of the path that a request of this URL reaches; null where none is described. */
  pathOf(method: string, url: string): string | null {
    const [path = ''] = url.split(/[?#]/);
    const steps = withoutSlash(path).split('/');
    const templates = Object.keys(this.document.paths).filter((template) => {
      if (template.endsWith('/') && !path.endsWith('/')) return false;
      const parts = withoutSlash(template).split('/');
      // the one parameter that takes in all that is left
      const isLongEnough = parts.at(-1) === '{path}' ? steps.length >= parts.length : steps.length === parts.length;
      return isLongEnough && parts.every((part, index) => /^\{/.test(part) || part === steps[index]);
    });
    const found = templates.sort(
      (one, other) =>
        // a path that is described with its slash is another one than without it
        (withoutSlash(one) === withoutSlash(other) ? other.length - one.length : 0) ||
        one.split('{').length - other.split('{').length ||
        other.split('/').length - one.split('/').length,
    );
    return found.find((template) => this.document.paths[template]?.[method.toLowerCase()] !== undefined) ?? null;
  }

  /** What differs between an answer and its description; empty when nothing does. */
  faultsOf(method: string, path: string, answer: Response): string[] {
    const described = this.operation(method, path).responses[String(answer.statusCode)];
    if (!described) return [`status ${String(answer.statusCode)} is not described`];
    if (!described.content) return answer.body === '' ? [] : ['a body is not described'];
    const mediaType = mediaTypeOf(answer);
    if (described.content['*/*']) return [];
    if (!described.content[mediaType]?.schema) return [`media type ${mediaType} is not described`];
    const check = this.compile(method, path, String(answer.statusCode), mediaType);
    check(mediaType.endsWith('json') ? answer.json() : answer.body);
    return (check.errors ?? []).map(({ instancePath, message = '', params }) =>
      [instancePath, message, JSON.stringify(params)].join(' '),
    );
  }

  private compile(method: string, path: string, status: string, mediaType: string): ValidateFunction {
    const steps = ['paths', path, method.toLowerCase(), 'responses', status, 'content', mediaType, 'schema'];
    const pointer = steps.map((step) => step.replaceAll('~', '~0').replaceAll('/', '~1')).map(encodeURIComponent);
    return this.ajv.compile({ $ref: `api#/${pointer.join('/')}` });
  }
}

/** As most routes are written, which answer with it as well. */
export function withoutSlash(path: string): string {
  return path.replace(/(?<=.)\/$/, '');
}

function mediaTypeOf({ headers }: Response): string {
  return headers['content-type']?.toString().split(';', 1)[0] ?? '';
}

/** The document with its objects closed: a field that no schema names is a fault too. */
function closed(document: Document): Document {
  const schemas = Object.entries(document.components.schemas).map(
    ([name, schema]) => [name, { ...schema, additionalProperties: false }] as const,
  );
  return { ...document, components: { ...document.components, schemas: Object.fromEntries(schemas) } };
}
