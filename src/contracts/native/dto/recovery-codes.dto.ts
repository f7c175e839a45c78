import { ApiProperty } from '@nestjs/swagger';

export class RecoveryCodesDto {
  @ApiProperty({ type: [String], minItems: 10, maxItems: 10 })
  recovery_codes!: string[];
}
