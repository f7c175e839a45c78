import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsCode } from '../../../src/http/fields/is-code';
import { IsEmailAddress } from '../../../src/http/fields/is-email-address';
import { IsSecretText } from '../../../src/http/fields/is-secret-text';
import { IsUsername } from '../../../src/http/fields/is-username';
import { MayBeAbsent } from '../../../src/http/fields/may-be-absent';

export class EnterDto {
  @ApiProperty({ format: 'email' })
  @IsEmailAddress()
  mail!: string;

  @ApiProperty()
  @IsSecretText()
  phrase!: string;

  @ApiPropertyOptional({ description: 'of who comes for the first time: the name to be known by' })
  @MayBeAbsent()
  @IsUsername()
  alias?: string;

  @ApiPropertyOptional({ description: 'a TOTP or recovery code, where the account has a second factor' })
  @MayBeAbsent()
  @IsCode()
  digits?: string;
}
