import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IgnoresUnknownFields } from '../../../http/fields/ignores-unknown-fields.decorator';
import { IsCode } from '../../../http/fields/is-code';
import { IsEmailAddress } from '../../../http/fields/is-email-address';
import { IsOpaqueText } from '../../../http/fields/is-opaque-text';
import { MayBeAbsent } from '../../../http/fields/may-be-absent';

@IgnoresUnknownFields()
export class VaultLoginDto {
  @ApiProperty({ format: 'email', example: 'hello@example.com' })
  @IsEmailAddress()
  email!: string;

  @ApiProperty()
  @IsOpaqueText()
  authVerifier!: string;

  @ApiPropertyOptional({ description: 'a TOTP or recovery code, where the account has a second factor' })
  @MayBeAbsent()
  @IsCode()
  totpCode?: string;
}
