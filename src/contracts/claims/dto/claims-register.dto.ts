import { ApiProperty } from '@nestjs/swagger';
import { IgnoresUnknownFields } from '../../../http/fields/ignores-unknown-fields.decorator';
import { IsEmailAddress } from '../../../http/fields/is-email-address';
import { IsNewPassword } from '../../../http/fields/is-new-password';
import { IsUsername } from '../../../http/fields/is-username';

@IgnoresUnknownFields()
export class ClaimsRegisterDto {
  @ApiProperty({ format: 'email', example: 'user@example.com' })
  @IsEmailAddress()
  email!: string;

  @ApiProperty({ minLength: 3, maxLength: 255, example: 'hijack' })
  @IsUsername()
  username!: string;

  @ApiProperty({ description: '6 to 128 characters', example: '123456' })
  @IsNewPassword()
  password!: string;
}
