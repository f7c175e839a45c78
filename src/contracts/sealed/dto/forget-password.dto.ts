import { ApiProperty } from '@nestjs/swagger';
import { IsEmailAddress } from '../../../http/fields/is-email-address';

export class ForgetPasswordDto {
  @ApiProperty({ format: 'email', example: 'email@example.com' })
  @IsEmailAddress()
  email!: string;
}
