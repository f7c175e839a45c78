import { ApiProperty } from '@nestjs/swagger';

export class FieldFaultDto {
  @ApiProperty()
  field!: string;

  @ApiProperty()
  message!: string;
}
