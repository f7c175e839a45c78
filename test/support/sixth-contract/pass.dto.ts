import { ApiProperty } from '@nestjs/swagger';

export class PassDto {
  @ApiProperty({ description: 'an access token' })
  pass!: string;

  @ApiProperty({ description: 'whole minutes' })
  good_for!: number;
}
