import { ApiProperty } from '@nestjs/swagger';

/** The answer to a right password of an account with a second factor. */
export class MfaRequiredDto {
  @ApiProperty({ enum: [true] })
  mfa!: true;

  @ApiProperty()
  ticket!: string;
}
