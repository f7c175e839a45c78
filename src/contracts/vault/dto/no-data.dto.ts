import { ApiProperty } from '@nestjs/swagger';

/** A success that has nothing to tell but its message. */
export class NoDataDto {
  @ApiProperty({ type: 'null' })
  data!: null;

  @ApiProperty()
  message!: string;
}
