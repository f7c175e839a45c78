import { ApiProperty } from '@nestjs/swagger';

export class VaultKeysDataDto {
  @ApiProperty()
  encryptedDek!: string;

  @ApiProperty()
  salt!: string;

  @ApiProperty()
  nonce!: string;

  @ApiProperty()
  argon2Params!: string;
}
