import { ApiProperty } from '@nestjs/swagger';

export class VisitorDto {
  @ApiProperty({ format: 'uuid' })
  visitor!: string;

  @ApiProperty({ type: 'string', nullable: true })
  mail!: string | null;

  @ApiProperty({ type: 'string', nullable: true })
  alias!: string | null;
}
