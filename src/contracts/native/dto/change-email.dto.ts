import { ApiProperty } from '@nestjs/swagger';
import { IsEmailAddress } from '../../../http/fields/is-email-address';

export class ChangeEmailDto {
  @ApiProperty({ format: 'email', example: 'new@example.com' })
  @IsEmailAddress()
  new_email!: string;
}
