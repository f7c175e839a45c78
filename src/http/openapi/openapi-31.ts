import type { OpenAPIObject } from '@nestjs/swagger';

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/**
 * Decorators write OpenAPI 3.0's `nullable`; 3.1 is JSON Schema 2020-12, which has the type `null` instead and gives
 * `nullable` no meaning.
 */
export function toOpenApi31(document: OpenAPIObject): OpenAPIObject {
  return rewrite(JSON.parse(JSON.stringify(document)) as Json) as unknown as OpenAPIObject;
}

function rewrite(value: Json): Json {
  if (Array.isArray(value)) return value.map(rewrite);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, member]) => [key, rewrite(member)] as const);
  const { nullable, ...schema } = Object.fromEntries(entries);
  // a property that is named so is a schema, not a flag
  if (typeof nullable !== 'boolean') return nullable === undefined ? schema : { ...schema, nullable };
  return nullable ? withNull(schema) : schema;
}

function withNull(schema: Record<string, Json>): Json {
  const { type, enum: choices } = schema;
  if (typeof type !== 'string') return { anyOf: [schema, { type: 'null' }] };
  return { ...schema, type: [type, 'null'], ...(Array.isArray(choices) ? { enum: [...choices, null] } : {}) };
}
