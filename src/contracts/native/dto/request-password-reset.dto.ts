import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsBoolean, ValidateIf } from 'class-validator';
import { IsEmailAddress } from '../../../http/fields/is-email-address';
import { IsSecretText } from '../../../http/fields/is-secret-text';
import { IsTicket } from '../../../http/fields/is-ticket';
import { MayBeAbsent } from '../../../http/fields/may-be-absent';

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
  @MayBeAbsent()
  @IsBoolean()
  forget_devices?: boolean;
}
