import { ApiProperty } from '@nestjs/swagger';

export class VerifiedTokenDto {
  @ApiProperty({ enum: ['access', 'refresh'] })
  token_type!: string;

  @ApiProperty({ format: 'uuid' })
  uid!: string;

  @ApiProperty({ type: String, nullable: true, example: 'user@example.com' })
  email!: string | null;

  @ApiProperty({ description: 'seconds since 1970', example: 1_763_141_504 })
  exp!: number;

  @ApiProperty({ description: 'seconds since 1970', example: 1_763_137_904 })
  iat!: number;
}
