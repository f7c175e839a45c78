import { ApiProperty } from '@nestjs/swagger';

export class AccessTokenDto {
  @ApiProperty()
  jwt_token!: string;

  @ApiProperty({ description: 'milliseconds', example: 900000 })
  jwt_expires_in!: number;
}
