import { ApiProperty } from '@nestjs/swagger';
import { IgnoresUnknownFields } from '../../../http/fields/ignores-unknown-fields.decorator';
import { IsSecretText } from '../../../http/fields/is-secret-text';

@IgnoresUnknownFields()
export class PasswordResetConfirmDto {
  @ApiProperty({ description: '6 to 128 characters', example: '123456' })
  @IsSecretText()
  new_password!: string;

  @ApiProperty({ description: 'the same once more', example: '123456' })
  @IsSecretText()
  new_password_confirm!: string;
}
