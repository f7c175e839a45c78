import { ApiProperty } from '@nestjs/swagger';
import { VaultErrorBodyDto } from './vault-error-body.dto';

export class VaultErrorDto {
  @ApiProperty()
  error!: VaultErrorBodyDto;
}
