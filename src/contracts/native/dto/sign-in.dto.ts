import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsBoolean, IsOptional, ValidateIf } from 'class-validator';
import { IsEmailAddress } from '../../../http/fields/is-email-address';
import { IsSecretText } from '../../../http/fields/is-secret-text';
import { IsUsername } from '../../../http/fields/is-username';

export class LoginDto {
  @ApiPropertyOptional({ format: 'email', example: 'hello@example.com', description: 'this or username' })
  @ValidateIf((body: LoginDto) => body.email !== undefined || body.username === undefined)
  @IsEmailAddress()
  email?: string;

  @ApiPropertyOptional({ minLength: 3, maxLength: 255, description: 'this or email' })
  @ValidateIf((body: LoginDto) => body.username !== undefined)
  @IsUsername()
  username?: string;

  @ApiProperty({ example: 'between 6-128 characters' })
  @IsSecretText()
  password!: string;

  @ApiPropertyOptional({ default: true, description: 'false: tokens in the JSON and no cookie, as mobile apps want' })
  @IsOptional()
  @IsBoolean()
  cookie?: boolean;
}

export class ReauthenticateDto {
  @ApiPropertyOptional({ description: 'this or auth_verifier' })
  @ValidateIf((body: ReauthenticateDto) => body.password !== undefined || body.auth_verifier === undefined)
  @IsSecretText()
  password?: string;

  @ApiPropertyOptional({ description: 'this or password' })
  @ValidateIf((body: ReauthenticateDto) => body.auth_verifier !== undefined)
  @IsSecretText()
  auth_verifier?: string;
}

export class AccessTokenDto {
  @ApiProperty()
  jwt_token!: string;

  @ApiProperty({ description: 'milliseconds', example: 900000 })
  jwt_expires_in!: number;
}

export class SignedInDto extends AccessTokenDto {
  @ApiPropertyOptional({ description: 'with cookie: false' })
  refresh_token?: string;

  @ApiPropertyOptional({ description: 'milliseconds; with cookie: false' })
  refresh_expires_in?: number;

  @ApiPropertyOptional({ description: 'with cookie: false' })
  device_token?: string;
}
