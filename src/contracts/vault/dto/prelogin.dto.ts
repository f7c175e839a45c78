import { ApiProperty } from '@nestjs/swagger';
import { PreloginDataDto } from './prelogin-data.dto';

export class PreloginDto {
  @ApiProperty()
  data!: PreloginDataDto;

  @ApiProperty()
  message!: string;
}
