import { ApiProperty } from '@nestjs/swagger';

export class EnrolledDataDto {
  @ApiProperty()
  username!: string;

  @ApiProperty()
  email!: string;
}
