import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IgnoresUnknownFields } from '../../../http/fields/ignores-unknown-fields.decorator';
import { IsOpaqueText } from '../../../http/fields/is-opaque-text';
import { MayBeAbsent } from '../../../http/fields/may-be-absent';

@IgnoresUnknownFields()
export class IdentifierDto {
  @ApiProperty({ description: 'the data key, encrypted on the client' })
  @IsOpaqueText()
  encryptedDek!: string;

  @ApiProperty()
  @IsOpaqueText()
  salt!: string;

  @ApiProperty()
  @IsOpaqueText()
  nonce!: string;

  @ApiProperty()
  @IsOpaqueText()
  argon2Params!: string;

  @ApiProperty({ description: 'derived from the master password; a secret as good as one' })
  @IsOpaqueText()
  authVerifier!: string;

  @ApiPropertyOptional({ description: 'the present one; needed from a full session' })
  @MayBeAbsent()
  @IsOpaqueText()
  currentAuthVerifier?: string;
}
