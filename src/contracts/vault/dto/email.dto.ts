import { ApiProperty } from '@nestjs/swagger';
import { IgnoresUnknownFields } from '../../../http/fields/ignores-unknown-fields.decorator';
import { IsEmailAddress } from '../../../http/fields/is-email-address';

@IgnoresUnknownFields()
export class VaultEmailDto {
  @ApiProperty({ format: 'email', example: 'hello@example.com' })
  @IsEmailAddress()
  email!: string;
}
