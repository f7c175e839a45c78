import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsBoolean, ValidateIf } from 'class-validator';
import { IsCode } from '../../../http/fields/is-code';
import { IsEmailAddress } from '../../../http/fields/is-email-address';
import { IsSecretText } from '../../../http/fields/is-secret-text';
import { IsUsername } from '../../../http/fields/is-username';
import { MayBeAbsent } from '../../../http/fields/may-be-absent';

export class LoginDto {
  @ApiPropertyOptional({ format: 'email', example: 'hello@example.com', description: 'this or username' })
  @ValidateIf((body: LoginDto) => body.email !== undefined || body.username === undefined)
  @IsEmailAddress()
  email?: string;

  @ApiPropertyOptional({ minLength: 3, maxLength: 255, description: 'this or email' })
  @ValidateIf((body: LoginDto) => body.username !== undefined)
  @IsUsername()
  username?: string;

  @ApiProperty({ example: 'between 6-128 characters' })
  @IsSecretText()
  password!: string;

  @ApiPropertyOptional({ description: 'a TOTP or recovery code, where the account has a second factor' })
  @MayBeAbsent()
  @IsCode()
  totp_code?: string;

  @ApiPropertyOptional({ default: true, description: 'false: tokens in the JSON and no cookie, as mobile apps want' })
  @MayBeAbsent()
  @IsBoolean()
  cookie?: boolean;
}
