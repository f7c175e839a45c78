import { ApiProperty } from '@nestjs/swagger';
import { EnrolledDataDto } from './enrolled-data.dto';

export class EnrolledDto {
  @ApiProperty()
  data!: EnrolledDataDto;

  @ApiProperty()
  message!: string;
}
