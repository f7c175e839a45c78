import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsCode } from '../../../http/fields/is-code';
import { IsSecretText } from '../../../http/fields/is-secret-text';
import { IsUsername } from '../../../http/fields/is-username';
import { ReadsAnyCase } from '../../../http/fields/reads-any-case.decorator';
import { IsChosenPassword } from '../fields/is-chosen-password';
import { IsSameAs } from '../fields/is-same-as';
import { MayBeEmpty } from '../fields/may-be-empty';

@ReadsAnyCase()
export class LuminaChangePasswordDto {
  @ApiProperty({ minLength: 3, maxLength: 255, example: 'JohnDoe' })
  @IsUsername()
  Username!: string;

  @ApiProperty({ description: 'the password, or a temporary one', example: 'Abcd123$' })
  @IsSecretText()
  CurrentPassword!: string;

  @ApiProperty({ minLength: 8, maxLength: 128, example: '123$Abcd' })
  @IsChosenPassword()
  NewPassword!: string;

  @ApiProperty({ example: '123$Abcd' })
  @IsSameAs('NewPassword')
  NewPasswordConfirm!: string;

  @ApiPropertyOptional({
    type: String,
    nullable: true,
    description: 'where the account has a second factor and no access token comes along: only then do sessions end',
    example: '123456',
  })
  @MayBeEmpty()
  @IsCode()
  TotpCode?: string | null;
}
