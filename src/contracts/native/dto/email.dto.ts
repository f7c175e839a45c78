import { ApiProperty } from '@nestjs/swagger';
import { IsEmailAddress } from '../../../http/fields/is-email-address';

export class EmailDto {
  @ApiProperty({ format: 'email', example: 'hello@example.com' })
  @IsEmailAddress()
  email!: string;
}
