import { ApiProperty } from '@nestjs/swagger';
import { IsTicket } from '../../../http/fields/is-ticket';
import { CodeDto } from './code.dto';

export class CompleteMfaDto extends CodeDto {
  @ApiProperty({ example: '259878d6-87be-4729-a3cc-53548f7ff72c' })
  @IsTicket()
  ticket!: string;
}
