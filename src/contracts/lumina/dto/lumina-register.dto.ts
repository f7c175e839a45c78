import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsBoolean, IsOptional } from 'class-validator';
import { ReadsAnyCase } from '../../../http/fields/reads-any-case.decorator';
import { IsChosenPassword } from '../fields/is-chosen-password';
import { IsChosenUsername } from '../fields/is-chosen-username';
import { IsSameAs } from '../fields/is-same-as';

@ReadsAnyCase()
export class LuminaRegisterDto {
  @ApiProperty({ minLength: 3, maxLength: 255, pattern: '^[A-Za-z0-9][A-Za-z0-9._-]*[A-Za-z0-9]$', example: 'JohnDoe' })
  @IsChosenUsername()
  Username!: string;

  @ApiProperty({ minLength: 8, maxLength: 128, example: 'Abcd123$' })
  @IsChosenPassword()
  Password!: string;

  @ApiProperty({ example: 'Abcd123$' })
  @IsSameAs('Password')
  PasswordConfirm!: string;

  @ApiPropertyOptional({ type: Boolean, nullable: true, default: true })
  @IsOptional()
  @IsBoolean()
  Use2fa?: boolean | null;
}
