import { ApiProperty } from '@nestjs/swagger';
import { IgnoresUnknownFields } from '../../../http/fields/ignores-unknown-fields.decorator';
import { IsOpaqueSecret } from '../../../http/fields/is-opaque-secret';

const LONGEST_TOKEN = 8192;

@IgnoresUnknownFields()
export class VerifyDto {
  @ApiProperty({ description: 'an access token of any contract, or a refresh token of this one' })
  @IsOpaqueSecret('invalid-token', LONGEST_TOKEN)
  token!: string;
}
