import { ApiProperty } from '@nestjs/swagger';
import { VerifiedTokenDto } from './verified-token.dto';

/** What an access token says (RFC 7519 §4.1). */
export class ClaimsDto extends VerifiedTokenDto {
  @ApiProperty({ format: 'uuid', description: 'the same as uid' })
  sub!: string;

  @ApiProperty({ format: 'uuid', description: 'of the session' })
  sid!: string;

  @ApiProperty()
  iss!: string;

  @ApiProperty()
  aud!: string;

  @ApiProperty({ description: 'when the session last proved who it is; seconds since 1970' })
  auth_time!: number;

  @ApiProperty({ type: [String], description: 'RFC 8176', example: ['pwd'] })
  amr!: readonly string[];

  @ApiProperty({ description: 'an address that is not proved gives no authority' })
  email_verified!: boolean;

  @ApiProperty({ type: [String] })
  roles!: readonly string[];
}
