import { ApiPropertyOptional } from '@nestjs/swagger';
import { ValidateIf } from 'class-validator';
import { IsSecretText } from '../../../http/fields/is-secret-text';

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
