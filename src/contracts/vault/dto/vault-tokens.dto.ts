import { ApiProperty } from '@nestjs/swagger';
import { VaultTokensDataDto } from './vault-tokens-data.dto';

export class VaultTokensDto {
  @ApiProperty()
  data!: VaultTokensDataDto;

  @ApiProperty()
  message!: string;
}
