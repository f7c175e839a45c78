import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';

export class SealedErrorDto {
  @ApiProperty({ type: 'integer' })
  statusCode!: number;

  @ApiProperty({ description: 'for people; names each wrong field' })
  message!: string;

  @ApiProperty({ example: 'Unauthorized' })
  error!: string;

  @ApiProperty({ example: 'invalid-credentials', description: 'stable' })
  code!: string;

  @ApiPropertyOptional({ description: 'with mfa-required: for POST /auth/mfa/totp' })
  ticket?: string;
}
