import { ApiProperty } from '@nestjs/swagger';

export class VaultTokensDataDto {
  @ApiProperty()
  accessToken!: string;

  @ApiProperty()
  refreshToken!: string;
}
