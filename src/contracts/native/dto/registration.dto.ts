import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsOptional } from 'class-validator';
import { IsEmailAddress } from '../../../http/fields/is-email-address';
import { IsSecretText } from '../../../http/fields/is-secret-text';
import { IsTicket } from '../../../http/fields/is-ticket';
import { IsUsername } from '../../../http/fields/is-username';

export class RegisterDto {
  @ApiProperty({ format: 'email', example: 'hello@example.com' })
  @IsEmailAddress()
  email!: string;

  @ApiProperty({ description: '6 to 128 characters', example: 'between 6-128 characters' })
  @IsSecretText()
  password!: string;

  @ApiPropertyOptional({ minLength: 3, maxLength: 255 })
  @IsOptional()
  @IsUsername()
  username?: string;
}

export class TicketDto {
  @ApiProperty({ example: '0175b2e2-b6b5-4d3f-a5db-5b2d4bfc2ce7' })
  @IsTicket()
  ticket!: string;
}

export class EmailDto {
  @ApiProperty({ format: 'email', example: 'hello@example.com' })
  @IsEmailAddress()
  email!: string;
}

export class VerifyEmailDto extends TicketDto {
  @ApiPropertyOptional({ description: 'the account’s password, where no access token is sent' })
  @IsOptional()
  @IsSecretText()
  password?: string;
}
