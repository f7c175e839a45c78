import { ApiProperty } from '@nestjs/swagger';

export class AccountDto {
  @ApiProperty({ type: 'integer', example: 124 })
  id!: number;

  @ApiProperty({ format: 'uuid' })
  uuid!: string;

  @ApiProperty({ type: 'string', format: 'email', nullable: true })
  email!: string | null;

  @ApiProperty({ type: 'string', nullable: true })
  username!: string | null;

  @ApiProperty({ format: 'date-time' })
  created!: string;

  @ApiProperty({ format: 'date-time' })
  updated!: string;

  @ApiProperty({ type: [String] })
  roles!: string[];

  @ApiProperty()
  email_verified!: boolean;

  @ApiProperty()
  mfa_enabled!: boolean;

  @ApiProperty({ type: 'string', nullable: true })
  display_name!: string | null;

  @ApiProperty({ type: 'string', nullable: true })
  locale!: string | null;
}
