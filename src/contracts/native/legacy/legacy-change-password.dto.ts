import { ApiProperty } from '@nestjs/swagger';
import { IsSecretText } from '../../../http/fields/is-secret-text';

export class LegacyChangePasswordDto {
  @ApiProperty()
  @IsSecretText()
  old_password!: string;

  @ApiProperty({ description: '6 to 128 characters' })
  @IsSecretText()
  new_password!: string;
}
