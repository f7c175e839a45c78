import { ApiProperty } from '@nestjs/swagger';
import { IgnoresUnknownFields } from '../../../http/fields/ignores-unknown-fields.decorator';
import { IsOpaqueText } from '../../../http/fields/is-opaque-text';
import { UndoTokenDto } from './undo-token.dto';

@IgnoresUnknownFields()
export class UndoProofDto extends UndoTokenDto {
  @ApiProperty({ description: 'the verifier before the change' })
  @IsOpaqueText()
  formerAuthVerifier!: string;
}
