import { ApiProperty } from '@nestjs/swagger';
import { IgnoresUnknownFields } from '../../../http/fields/ignores-unknown-fields.decorator';
import { IsRefreshToken } from '../../../http/fields/is-refresh-token';

@IgnoresUnknownFields()
export class ClaimsRefreshDto {
  @ApiProperty()
  @IsRefreshToken()
  refresh_token!: string;
}
