import { ApiProperty } from '@nestjs/swagger';

export class LockedAccountDto {
  @ApiProperty({ format: 'uuid' })
  uuid!: string;

  @ApiProperty({ type: 'string', nullable: true })
  email!: string | null;

  @ApiProperty({ type: 'string', nullable: true })
  username!: string | null;
}
