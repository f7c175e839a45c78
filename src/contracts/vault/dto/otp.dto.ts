import { ApiPropertyOptional } from '@nestjs/swagger';
import { ValidateIf } from 'class-validator';
import { IgnoresUnknownFields } from '../../../http/fields/ignores-unknown-fields.decorator';
import { IsMailedCode } from '../../../http/fields/is-mailed-code';

/** The document spells the field in two ways. */
@IgnoresUnknownFields()
export class OtpDto {
  @ApiPropertyOptional({ description: 'the six digits that were mailed; this or otp_code' })
  @ValidateIf((body: OtpDto) => body.otpCode !== undefined || body.otp_code === undefined)
  @IsMailedCode()
  otpCode?: string;

  @ApiPropertyOptional({ description: 'the same' })
  @ValidateIf((body: OtpDto) => body.otp_code !== undefined)
  @IsMailedCode()
  otp_code?: string;
}
