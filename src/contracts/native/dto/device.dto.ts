import { ApiProperty } from '@nestjs/swagger';

export class DeviceDto {
  @ApiProperty({ format: 'uuid' })
  id!: string;

  @ApiProperty({ enum: ['device', 'network'] })
  kind!: 'device' | 'network';

  @ApiProperty({ type: 'string', nullable: true, description: 'of a device' })
  user_agent!: string | null;

  @ApiProperty({ type: 'string', nullable: true, description: 'of a device: the address it was last seen at' })
  ip!: string | null;

  @ApiProperty({ type: 'string', nullable: true, description: 'of a network: an IPv4 address or an IPv6 /64' })
  network!: string | null;

  @ApiProperty({ format: 'date-time' })
  created!: string;

  @ApiProperty({ format: 'date-time' })
  last_seen!: string;

  @ApiProperty({ format: 'date-time', description: 'when it is forgotten unless seen again' })
  expires!: string;

  @ApiProperty({ description: 'whether this request comes from there' })
  current!: boolean;
}
