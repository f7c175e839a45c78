import { ApiProperty } from '@nestjs/swagger';
import { ClaimsDto } from './claims.dto';

export class MeDto {
  @ApiProperty()
  claims!: ClaimsDto;
}
