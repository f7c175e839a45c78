import { ApiProperty } from '@nestjs/swagger';
import { IgnoresUnknownFields } from '../../../http/fields/ignores-unknown-fields.decorator';
import { IsOpaqueText } from '../../../http/fields/is-opaque-text';
import { UndoProofDto } from './undo-proof.dto';

@IgnoresUnknownFields()
export class UndoDto extends UndoProofDto {
  @ApiProperty({ description: 'the same data key, encrypted under the new master password' })
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

  @ApiProperty({ description: 'derived from the new master password' })
  @IsOpaqueText()
  authVerifier!: string;
}
