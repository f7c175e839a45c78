import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsSecretText } from '../../../http/fields/is-secret-text';
import { MayBeAbsent } from '../../../http/fields/may-be-absent';
import { TicketDto } from './ticket.dto';

export class VerifyEmailDto extends TicketDto {
  @ApiPropertyOptional({ description: 'the account’s password, where no access token is sent' })
  @MayBeAbsent()
  @IsSecretText()
  password?: string;
}
