import { ApiProperty } from '@nestjs/swagger';

export class LuminaRegisteredDto {
  @ApiProperty({ format: 'uuid' })
  Id!: string;

  @ApiProperty()
  Username!: string;

  @ApiProperty({ type: String, nullable: true, description: 'the otpauth URI as a QR code, a PNG data URI' })
  TotpSecret!: string | null;
}
