import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsBoolean, ValidateIf } from 'class-validator';
import { IsSecretText } from '../../../http/fields/is-secret-text';
import { IsTicket } from '../../../http/fields/is-ticket';
import { MayBeAbsent } from '../../../http/fields/may-be-absent';

export class ChangePasswordDto {
  @ApiPropertyOptional({ example: '6a135423-85c8-4c99-b9ca-3a0108202255', description: 'this or old_password' })
  @ValidateIf((body: ChangePasswordDto) => body.ticket !== undefined || body.old_password === undefined)
  @IsTicket()
  ticket?: string;

  @ApiPropertyOptional({ description: 'this or ticket' })
  @ValidateIf((body: ChangePasswordDto) => body.old_password !== undefined)
  @IsSecretText()
  old_password?: string;

  @ApiProperty({ description: '6 to 128 characters', example: 'between 6-128 characters' })
  @IsSecretText()
  new_password!: string;

  @ApiPropertyOptional({ default: false, description: 'every known device becomes a stranger' })
  @MayBeAbsent()
  @IsBoolean()
  forget_devices?: boolean;
}
