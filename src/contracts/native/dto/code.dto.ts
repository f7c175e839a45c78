import { ApiProperty } from '@nestjs/swagger';
import { IsCode } from '../../../http/fields/is-code';

export class CodeDto {
  @ApiProperty({ example: '892723', description: 'a TOTP code; where a factor is enabled, a recovery code too' })
  @IsCode()
  code!: string;
}
