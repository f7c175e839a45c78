import { ApiProperty } from '@nestjs/swagger';
import { IgnoresUnknownFields } from '../../../http/fields/ignores-unknown-fields.decorator';
import { IsTicket } from '../../../http/fields/is-ticket';

@IgnoresUnknownFields()
export class PasswordResetConfirmQuery {
  @ApiProperty({ description: 'of the mailed link' })
  @IsTicket()
  token!: string;
}
