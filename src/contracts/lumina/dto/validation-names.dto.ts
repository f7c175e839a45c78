import { ApiProperty } from '@nestjs/swagger';

export class ValidationNamesDto {
  @ApiProperty({ type: [String], example: ['InvalidUsername', 'PasswordsNotMatch'] })
  'General.Validation'!: string[];
}
