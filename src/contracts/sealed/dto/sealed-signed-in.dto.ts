import { ApiProperty } from '@nestjs/swagger';
import { SealedTokensDto } from './sealed-tokens.dto';
import { SealedUserDto } from './sealed-user.dto';

export class SealedSignedInDto {
  @ApiProperty()
  user!: SealedUserDto;

  @ApiProperty()
  tokens!: SealedTokensDto;
}
