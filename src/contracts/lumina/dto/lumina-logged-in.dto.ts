import { ApiProperty } from '@nestjs/swagger';

export class LuminaLoggedInDto {
  @ApiProperty({ format: 'uuid' })
  Id!: string;

  @ApiProperty({ type: String })
  Username!: string;

  @ApiProperty({ description: 'an access token of 60 minutes; there is no refresh token' })
  Token!: string;

  @ApiProperty()
  UsesTotp!: boolean;
}
