import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { errorCodes } from '../../../src/kernel/errors/error-catalogue';

export class RefusalDto {
  @ApiProperty({ enum: errorCodes })
  refused!: string;

  @ApiProperty()
  because!: string;

  @ApiProperty({ type: [String] })
  fields!: readonly string[];

  @ApiPropertyOptional({ description: 'with `mfa-required`: for POST /auth/mfa/totp' })
  ticket?: string;
}
