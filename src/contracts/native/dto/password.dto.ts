import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsBoolean, IsOptional, ValidateIf } from 'class-validator';
import { IsEmailAddress } from '../../../http/fields/is-email-address';
import { IsSecretText } from '../../../http/fields/is-secret-text';
import { IsTicket } from '../../../http/fields/is-ticket';

/** By a mailed ticket, or, with an access token, by the old password. */
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
  @IsOptional()
  @IsBoolean()
  forget_devices?: boolean;
}

/** What the document prints for `/request` is what `/change` takes; both are taken here. */
export class RequestPasswordResetDto {
  @ApiPropertyOptional({ format: 'email', example: 'hello@example.com' })
  @ValidateIf((body: RequestPasswordResetDto) => body.email !== undefined || body.ticket === undefined)
  @IsEmailAddress()
  email?: string;

  @ApiPropertyOptional()
  @ValidateIf((body: RequestPasswordResetDto) => body.ticket !== undefined)
  @IsTicket()
  ticket?: string;

  @ApiPropertyOptional()
  @ValidateIf((body: RequestPasswordResetDto) => body.ticket !== undefined)
  @IsSecretText()
  new_password?: string;

  @ApiPropertyOptional()
  @IsOptional()
  @IsBoolean()
  forget_devices?: boolean;
}
