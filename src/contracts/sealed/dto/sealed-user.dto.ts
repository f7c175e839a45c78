import { ApiProperty } from '@nestjs/swagger';

export class SealedUserDto {
  @ApiProperty({ type: 'integer', example: 124 })
  id!: number;

  @ApiProperty({ type: 'string', format: 'email', nullable: true })
  email!: string | null;

  @ApiProperty({ type: 'string', nullable: true })
  username!: string | null;

  @ApiProperty({ format: 'date-time' })
  created!: string;

  @ApiProperty({ format: 'date-time' })
  updated!: string;
}
