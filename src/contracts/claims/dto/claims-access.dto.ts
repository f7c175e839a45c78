import { ApiProperty } from '@nestjs/swagger';

export class ClaimsAccessDto {
  @ApiProperty()
  access_token!: string;

  @ApiProperty({ example: 3600, description: 'seconds' })
  expires_in!: number;
}
