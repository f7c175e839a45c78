import { ApiProperty } from '@nestjs/swagger';
import { IgnoresUnknownFields } from '../../../http/fields/ignores-unknown-fields.decorator';
import { IsEmailAddress } from '../../../http/fields/is-email-address';
import { IsUsername } from '../../../http/fields/is-username';

@IgnoresUnknownFields()
export class ClaimsPasswordResetDto {
  @ApiProperty({ format: 'email', example: 'user@example.com' })
  @IsEmailAddress()
  email!: string;

  @ApiProperty({ example: 'hijack', description: 'of the same account' })
  @IsUsername()
  username!: string;
}
