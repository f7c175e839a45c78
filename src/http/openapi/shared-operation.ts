import type { Type } from '@nestjs/common';
import { getSchemaPath, type OpenAPIObject } from '@nestjs/swagger';

type OperationObject = NonNullable<OpenAPIObject['paths'][string]['get']>;
type Content = Record<string, { schema?: object }>;

/** What a contract answers at a path that another contract's controller stands at. */
export interface SharedOperation {
  readonly method: 'get' | 'post';
  readonly path: string;
  readonly body?: Type;
  /** What it answers in JSON, by status. */
  readonly answers: Readonly<Record<number, Type>>;
}

const JSON_TYPE = 'application/json';

/** Every model that the operation names. */
export function modelsOf({ body, answers }: SharedOperation): Type[] {
  return [...(body ? [body] : []), ...Object.values(answers)];
}

/** Describes the operation beside the one that is there. @throws Error when none is there */
export function addOperation(document: OpenAPIObject, { method, path, body, answers }: SharedOperation): void {
  const operation = document.paths[path]?.[method];
  if (!operation) throw new Error(`${method} ${path} is shared with nobody`);
  if (body) addBody(operation, body);
  for (const [status, model] of Object.entries(answers)) addAnswer(operation, status, model);
}

function addBody(operation: OperationObject, model: Type): void {
  const { requestBody } = operation;
  if (requestBody && 'content' in requestBody) addSchema(requestBody.content, model);
}

function addAnswer(operation: OperationObject, status: string, model: Type): void {
  const response = (operation.responses[status] ??= { description: '' }) as { content?: Content };
  addSchema((response.content ??= {}), model);
}

function addSchema(content: Content, model: Type): void {
  const schema = { $ref: getSchemaPath(model) };
  const present = content[JSON_TYPE]?.schema as { anyOf?: object[] } | undefined;
  const others = present?.anyOf ?? (present ? [present] : []);
  content[JSON_TYPE] = { schema: others.length === 0 ? schema : { anyOf: [...others, schema] } };
}
