import { ApiProperty } from '@nestjs/swagger';
import { errorCodes } from '../../../kernel/errors/error-catalogue';

export class ClaimsErrorDto {
  @ApiProperty({ description: 'for people; of `validation` it names each faulty field' })
  error!: string;

  @ApiProperty({ enum: errorCodes })
  code!: string;

  @ApiProperty({ required: false, description: 'with `mfa-required`: for POST /auth/mfa/totp' })
  ticket?: string;
}
