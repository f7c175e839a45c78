import { ApiProperty } from '@nestjs/swagger';

export class OneTimeTokenDto {
  @ApiProperty({ description: 'sets a password, once, within ten minutes; an opaque text, whatever it is called' })
  uuid!: string;
}
