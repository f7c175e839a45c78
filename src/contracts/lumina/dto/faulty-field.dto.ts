import { ApiProperty } from '@nestjs/swagger';

export class FaultyFieldDto {
  @ApiProperty()
  field!: string;

  @ApiProperty()
  message!: string;
}
