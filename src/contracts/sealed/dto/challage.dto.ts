import { ApiProperty } from '@nestjs/swagger';

export class ChallageDto {
  @ApiProperty({ description: 'spelled as the document spells it' })
  challage!: string;
}
