import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsCode } from '../../../http/fields/is-code';
import { IsSecretText } from '../../../http/fields/is-secret-text';
import { IsUsername } from '../../../http/fields/is-username';
import { ReadsAnyCase } from '../../../http/fields/reads-any-case.decorator';
import { MayBeEmpty } from '../fields/may-be-empty';

@ReadsAnyCase()
export class LuminaLoginDto {
  @ApiProperty({ minLength: 3, maxLength: 255, example: 'JohnDoe' })
  @IsUsername()
  Username!: string;

  @ApiProperty({ example: 'Abcd123$' })
  @IsSecretText()
  Password!: string;

  @ApiPropertyOptional({
    type: String,
    nullable: true,
    description: 'a TOTP or recovery code, where the account has a second factor',
    example: '123456',
  })
  @MayBeEmpty()
  @IsCode()
  TotpCode?: string | null;
}
