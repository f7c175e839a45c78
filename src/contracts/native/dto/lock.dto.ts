import { ApiProperty } from '@nestjs/swagger';
import { LockedAccountDto } from './locked-account.dto';

export class LockDto {
  @ApiProperty({ format: 'uuid' })
  id!: string;

  @ApiProperty()
  account!: LockedAccountDto;

  @ApiProperty({ enum: ['secret', 'second-factor', 'mailed-code', 'recovery'], description: 'what was guessed' })
  factor!: 'secret' | 'second-factor' | 'mailed-code' | 'recovery';

  @ApiProperty({
    enum: ['device', 'session', 'network', 'stranger'],
    description: 'whose further attempts are refused',
  })
  standing!: 'device' | 'session' | 'network' | 'stranger';

  @ApiProperty({ description: 'failed attempts in a row' })
  failures!: number;

  @ApiProperty({ type: [String], description: 'from where the latest came' })
  networks!: readonly string[];

  @ApiProperty({ format: 'date-time' })
  locked!: string;

  @ApiProperty({ format: 'date-time' })
  until!: string;
}
