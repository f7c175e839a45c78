import { ApiProperty } from '@nestjs/swagger';
import { errorCodes } from '../../../kernel/errors/error-catalogue';

export class VaultErrorBodyDto {
  @ApiProperty()
  message!: string;

  @ApiProperty({ enum: errorCodes })
  code!: string;

  @ApiProperty({ required: false, type: Object, additionalProperties: true })
  details?: Readonly<Record<string, unknown>>;
}
