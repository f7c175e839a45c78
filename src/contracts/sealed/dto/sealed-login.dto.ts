import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsCode } from '../../../http/fields/is-code';
import { IsUsername } from '../../../http/fields/is-username';
import { MayBeAbsent } from '../../../http/fields/may-be-absent';
import { EncryptedPasswordDto } from './encrypted-password.dto';

export class SealedLoginDto extends EncryptedPasswordDto {
  @ApiProperty({ minLength: 3, maxLength: 255, example: 'your_username' })
  @IsUsername()
  username!: string;

  @ApiPropertyOptional({ description: 'a TOTP or recovery code, where the account has a second factor' })
  @MayBeAbsent()
  @IsCode()
  totpCode?: string;
}
