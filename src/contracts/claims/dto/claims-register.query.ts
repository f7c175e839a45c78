import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn } from 'class-validator';
import { IgnoresUnknownFields } from '../../../http/fields/ignores-unknown-fields.decorator';
import { MayBeAbsent } from '../../../http/fields/may-be-absent';

@IgnoresUnknownFields()
export class ClaimsRegisterQuery {
  @ApiPropertyOptional({
    enum: ['true', 'false'],
    default: 'true',
    description: 'whether a verification link is mailed',
  })
  @MayBeAbsent()
  @IsIn(['true', 'false'], { message: 'must be true or false' })
  sendEmail?: 'true' | 'false';
}
