import { ApiProperty } from '@nestjs/swagger';
import { VaultAccountDataDto } from './vault-account-data.dto';

export class VaultAccountDto {
  @ApiProperty()
  data!: VaultAccountDataDto;

  @ApiProperty()
  message!: string;
}
