import { ApiProperty } from '@nestjs/swagger';
import { IsTicket } from '../../../http/fields/is-ticket';

export class TicketDto {
  @ApiProperty({ example: '0175b2e2-b6b5-4d3f-a5db-5b2d4bfc2ce7' })
  @IsTicket()
  ticket!: string;
}
