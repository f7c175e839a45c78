import { ApiProperty } from '@nestjs/swagger';

/** Named as object stores name these things. */
export class StoredObjectDto {
  @ApiProperty({ description: 'the path below /storage/' })
  key!: string;

  @ApiProperty({ enum: ['bytes'] })
  AcceptRanges!: 'bytes';

  @ApiProperty({ format: 'date-time' })
  LastModified!: string;

  @ApiProperty({ type: 'integer' })
  ContentLength!: number;

  @ApiProperty({ description: 'in quotes, as in the header' })
  ETag!: string;

  @ApiProperty()
  ContentType!: string;

  @ApiProperty({
    type: 'object',
    properties: { filename: { type: 'string' }, token: { type: 'string' } },
    required: ['filename'],
    selfRequired: true,
    additionalProperties: true,
    description: '`filename`; what the rule’s formulas gave; `token` for who may update the file, or asked with it',
  })
  Metadata!: Record<string, unknown>;
}
