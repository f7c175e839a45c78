import type { OpenAPIObject } from '@nestjs/swagger';
import { toOpenApi31 } from './openapi-31';

const schema = (value: unknown): unknown => {
  const document = { openapi: '3.1.0', components: { schemas: { It: value } } } as unknown as OpenAPIObject;
  return toOpenApi31(document).components?.schemas?.['It'];
};

describe('what may be null', () => {
  it.each([
    [{ type: 'string', nullable: true }, { type: ['string', 'null'] }],
    [{ type: 'string', nullable: false }, { type: 'string' }],
    [
      { type: 'string', enum: ['a'], nullable: true },
      { type: ['string', 'null'], enum: ['a', null] },
    ],
    [{ $ref: '#/x', nullable: true }, { anyOf: [{ $ref: '#/x' }, { type: 'null' }] }],
    [
      { type: 'object', properties: { a: { type: 'integer', nullable: true } } },
      { type: 'object', properties: { a: { type: ['integer', 'null'] } } },
    ],
  ])('%j becomes %j', (given, expected) => {
    expect(schema(given)).toEqual(expected);
  });

  it('is not confused by a property named nullable', () => {
    const given = { type: 'object', properties: { nullable: { type: 'boolean' } } };
    expect(schema(given)).toEqual(given);
  });
});
