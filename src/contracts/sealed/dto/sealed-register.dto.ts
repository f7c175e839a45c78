import { ApiProperty } from '@nestjs/swagger';
import { IsEmailAddress } from '../../../http/fields/is-email-address';
import { IsUsername } from '../../../http/fields/is-username';
import { EncryptedPasswordDto } from './encrypted-password.dto';

export class SealedRegisterDto extends EncryptedPasswordDto {
  @ApiProperty({ minLength: 3, maxLength: 255, example: 'your_username' })
  @IsUsername()
  username!: string;

  @ApiProperty({ format: 'email', example: 'email@example.com' })
  @IsEmailAddress()
  email!: string;
}
