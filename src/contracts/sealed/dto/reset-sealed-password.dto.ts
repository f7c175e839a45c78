import { ApiProperty } from '@nestjs/swagger';
import { IsTicket } from '../../../http/fields/is-ticket';
import { EncryptedPasswordDto } from './encrypted-password.dto';

export class ResetSealedPasswordDto extends EncryptedPasswordDto {
  @ApiProperty({ description: 'the uuid of validate-otp' })
  @IsTicket()
  oneTimeToken!: string;
}
