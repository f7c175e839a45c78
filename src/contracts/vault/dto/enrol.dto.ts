import { ApiProperty } from '@nestjs/swagger';
import { IgnoresUnknownFields } from '../../../http/fields/ignores-unknown-fields.decorator';
import { IsEmailAddress } from '../../../http/fields/is-email-address';
import { IsUsername } from '../../../http/fields/is-username';

@IgnoresUnknownFields()
export class EnrolDto {
  @ApiProperty({ minLength: 3, maxLength: 255 })
  @IsUsername()
  username!: string;

  @ApiProperty({ format: 'email', example: 'hello@example.com' })
  @IsEmailAddress()
  email!: string;
}
