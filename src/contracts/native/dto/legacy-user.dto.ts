import { ApiProperty } from '@nestjs/swagger';

export class LegacyUserDto {
  @ApiProperty({ format: 'uuid' })
  id!: string;

  @ApiProperty({ type: 'string', format: 'email', nullable: true })
  email!: string | null;

  @ApiProperty({ type: 'string', nullable: true })
  display_name!: string | null;
}
