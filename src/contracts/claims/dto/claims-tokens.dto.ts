import { ApiProperty } from '@nestjs/swagger';
import { ClaimsAccessDto } from './claims-access.dto';

export class ClaimsTokensDto extends ClaimsAccessDto {
  @ApiProperty({ example: 259_200, description: 'seconds' })
  refresh_expires_in!: number;

  @ApiProperty()
  refresh_token!: string;
}
