import { ApiProperty } from '@nestjs/swagger';
import { VerifiedTokenDto } from './verified-token.dto';

export class VerifiedDto {
  @ApiProperty()
  token!: VerifiedTokenDto;
}
