import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsEmailAddress } from '../../../http/fields/is-email-address';
import { IsNewPassword } from '../../../http/fields/is-new-password';
import { IsUsername } from '../../../http/fields/is-username';
import { MayBeAbsent } from '../../../http/fields/may-be-absent';

export class RegisterDto {
  @ApiProperty({ format: 'email', example: 'hello@example.com' })
  @IsEmailAddress()
  email!: string;

  @ApiProperty({ description: '6 to 128 characters', example: 'between 6-128 characters' })
  @IsNewPassword()
  password!: string;

  @ApiPropertyOptional({ minLength: 3, maxLength: 255 })
  @MayBeAbsent()
  @IsUsername()
  username?: string;
}
