import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IgnoresUnknownFields } from '../../../http/fields/ignores-unknown-fields.decorator';
import { IsCode } from '../../../http/fields/is-code';
import { IsEmailAddress } from '../../../http/fields/is-email-address';
import { IsSecretText } from '../../../http/fields/is-secret-text';
import { MayBeAbsent } from '../../../http/fields/may-be-absent';

@IgnoresUnknownFields()
export class ClaimsLoginDto {
  @ApiProperty({ format: 'email', example: 'user@example.com' })
  @IsEmailAddress()
  email!: string;

  @ApiProperty({ example: '123456' })
  @IsSecretText()
  password!: string;

  @ApiPropertyOptional({ description: 'a TOTP or recovery code, where the account has a second factor' })
  @MayBeAbsent()
  @IsCode()
  totp_code?: string;
}
