import { ApiProperty } from '@nestjs/swagger';
import { IsInt } from 'class-validator';
import { IsSealedPassword } from '../../../http/fields/is-sealed-password';

export class EncryptedPasswordDto {
  @ApiProperty({ description: 'base64 of 256 bytes: RSAES-PKCS1-v1_5, or RSAES-OAEP with SHA-1 or SHA-256' })
  @IsSealedPassword()
  encryptedPassword!: string;

  @ApiProperty({ type: 'integer', description: 'the id of the key that GET /auth/key gave' })
  @IsInt({ message: 'must be an integer' })
  keyID!: number;
}
