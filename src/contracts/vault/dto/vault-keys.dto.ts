import { ApiProperty } from '@nestjs/swagger';
import { VaultKeysDataDto } from './vault-keys-data.dto';

export class VaultKeysDto {
  @ApiProperty()
  data!: VaultKeysDataDto;

  @ApiProperty()
  message!: string;
}
