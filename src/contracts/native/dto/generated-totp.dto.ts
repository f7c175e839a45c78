import { ApiProperty } from '@nestjs/swagger';

export class GeneratedTotpDto {
  @ApiProperty({ description: 'a QR code as a PNG data URI' })
  image_url!: string;

  @ApiProperty({ description: 'the same secret in base32' })
  otp_secret!: string;
}
