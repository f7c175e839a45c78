import { ApiPropertyOptional } from '@nestjs/swagger';
import { ValidateIf } from 'class-validator';
import { IsCode } from '../../../http/fields/is-code';
import { IsSecretText } from '../../../http/fields/is-secret-text';
import { MayBeAbsent } from '../../../http/fields/may-be-absent';

export class ReauthenticateDto {
  @ApiPropertyOptional({ description: 'this or auth_verifier' })
  @ValidateIf((body: ReauthenticateDto) => body.password !== undefined || body.auth_verifier === undefined)
  @IsSecretText()
  password?: string;

  @ApiPropertyOptional({ description: 'this or password' })
  @ValidateIf((body: ReauthenticateDto) => body.auth_verifier !== undefined)
  @IsSecretText()
  auth_verifier?: string;

  @ApiPropertyOptional({ description: 'a TOTP or recovery code, needed where the account has a second factor' })
  @MayBeAbsent()
  @IsCode()
  code?: string;
}
