import { ApiProperty } from '@nestjs/swagger';
import { IsCode } from '../../../http/fields/is-code';
import { IsUsername } from '../../../http/fields/is-username';
import { ReadsAnyCase } from '../../../http/fields/reads-any-case.decorator';

@ReadsAnyCase()
export class RecoverPasswordDto {
  @ApiProperty({ minLength: 3, maxLength: 255, example: 'JohnDoe' })
  @IsUsername()
  Username!: string;

  @ApiProperty({ description: 'of the authenticator app; recovery codes do not count here', example: '123456' })
  @IsCode()
  TotpCode!: string;
}
