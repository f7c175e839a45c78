import { ApiProperty } from '@nestjs/swagger';
import { IgnoresUnknownFields } from '../../../http/fields/ignores-unknown-fields.decorator';
import { IsTicket } from '../../../http/fields/is-ticket';

@IgnoresUnknownFields()
export class UndoTokenDto {
  @ApiProperty({ description: 'from the link that a notice carried' })
  @IsTicket()
  token!: string;
}
