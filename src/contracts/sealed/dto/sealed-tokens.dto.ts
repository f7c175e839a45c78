import { ApiProperty } from '@nestjs/swagger';

export class SealedTokensDto {
  @ApiProperty()
  accessToken!: string;

  @ApiProperty()
  refreshToken!: string;
}
