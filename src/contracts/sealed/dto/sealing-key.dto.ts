import { ApiProperty } from '@nestjs/swagger';

export class SealingKeyDto {
  @ApiProperty({ type: 'integer', example: 24533 })
  id!: number;

  @ApiProperty({ description: 'base64 of the DER of a PKCS #1 RSA public key of 2048 bits, on one line' })
  key!: string;
}
