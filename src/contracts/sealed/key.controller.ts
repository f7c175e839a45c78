import { Controller, Get } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { GetSealingKey } from '../../core/auth/sealed/get-sealing-key.flow';
import { SealingKeyDto } from './dto/sealing-key.dto';
import { ApiSealedErrors } from './sealed-openapi';

@ApiTags('sealed')
@Controller('auth/key')
export class KeyController {
  constructor(private readonly getKey: GetSealingKey) {}

  @Get()
  @ApiOperation({ summary: 'The RSA key to encrypt a password under; it lives two minutes' })
  @ApiOkResponse({ type: SealingKeyDto })
  @ApiSealedErrors(503)
  async getSealingKey(): Promise<SealingKeyDto> {
    const { id, publicDer } = await this.getKey.execute();
    return { id, key: publicDer.toString('base64') };
  }
}
