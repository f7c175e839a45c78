import { ApiProperty } from '@nestjs/swagger';

export class VaultAccountDataDto {
  @ApiProperty({ format: 'uuid' })
  id!: string;

  @ApiProperty({ type: 'string', nullable: true })
  username!: string | null;

  @ApiProperty({ type: 'string', nullable: true })
  email!: string | null;
}
