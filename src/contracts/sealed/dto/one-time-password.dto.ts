import { ApiProperty } from '@nestjs/swagger';
import { IsMailedCode } from '../../../http/fields/is-mailed-code';

export class OneTimePasswordDto {
  @ApiProperty({ example: '123456' })
  @IsMailedCode()
  oneTimePassword!: string;
}
