import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';

export class RecoveredPasswordDto {
  @ApiProperty({ enum: [true] })
  IsPasswordReset!: true;

  @ApiPropertyOptional({
    description: 'only where there is no proved address to mail it to: for 15 minutes and one change-password',
  })
  TemporaryPassword?: string;
}
