import { ApiProperty } from '@nestjs/swagger';

export class PreloginDataDto {
  @ApiProperty()
  salt!: string;

  @ApiProperty()
  argon2Params!: string;
}
