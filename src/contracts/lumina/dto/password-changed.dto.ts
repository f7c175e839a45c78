import { ApiProperty } from '@nestjs/swagger';

export class PasswordChangedDto {
  @ApiProperty({ enum: [true] })
  IsPasswordChanged!: true;
}
