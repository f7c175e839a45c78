import { Body, Controller, Get, Inject, Logger, Module, Param, Post, Req } from '@nestjs/common';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import { LoggerModule, Logger as PinoLogger, PinoLogger as Pino } from 'nestjs-pino';
import { parseSettings } from '../../config/settings';
import { logOptions } from './log-options';
import { RequestLog } from './request-log.service';

const lines: Record<string, unknown>[] = [];
const destination = { write: (line: string) => void lines.push(JSON.parse(line) as Record<string, unknown>) };

@Controller('things')
class ThingsController {
  private readonly logger = new Logger('Things');

  constructor(@Inject(Pino) private readonly pino: Pino) {}

  @Get(':id')
  get(@Param('id') id: string): string {
    this.logger.log('looked up');
    return `${id.length}`;
  }

  @Post('careless')
  post(@Body() body: unknown, @Req() req: unknown): string {
    this.pino.info({ req, body, caller: body }, 'what nobody should do');
    this.logger.error({ err: Object.assign(new Error('failed'), { request: req, body }) }, 'as it should be done');
    return 'done';
  }
}

@Module({
  imports: [LoggerModule.forRoot(logOptions(parseSettings({ LOG_LEVEL: 'trace' }), destination))],
  controllers: [ThingsController],
  providers: [RequestLog],
})
class ThingsModule {}

let app: NestFastifyApplication;

beforeAll(async () => {
  const module = await Test.createTestingModule({ imports: [ThingsModule] }).compile();
  app = module.createNestApplication<NestFastifyApplication>(new FastifyAdapter({ genReqId: () => 'request-1' }));
  app.useLogger(app.get(PinoLogger));
  await app.init();
});

afterAll(async () => {
  await app.close();
});

beforeEach(() => {
  lines.length = 0;
});

it('writes one line an answer, with the route’s pattern and the request’s id', async () => {
  await app.inject({ method: 'GET', url: '/things/hunter2?token=hunter2' });
  const answered = lines.filter(({ msg }) => msg === 'answered');
  expect(answered).toHaveLength(1);
  expect(answered[0]).toMatchObject({ requestId: 'request-1', method: 'GET', route: '/things/:id', status: 200 });
});

it('puts the id of the request on the lines of what it calls', async () => {
  await app.inject({ method: 'GET', url: '/things/1' });
  expect(lines.find(({ msg }) => msg === 'looked up')).toMatchObject({ requestId: 'request-1', context: 'Things' });
});

it('tells no route of a path that matches none', async () => {
  await app.inject({ method: 'GET', url: '/activate/hunter2' });
  expect(lines.find(({ msg }) => msg === 'answered')).toMatchObject({ route: null, status: 404 });
});

it('repeats nothing of a request at the lowest level, not even where code is careless', async () => {
  await app.inject({
    method: 'POST',
    url: '/things/careless?ticket=hunter2',
    headers: { authorization: 'Bearer hunter2', cookie: 'refresh_token=hunter2', 'x-device-token': 'hunter2' },
    payload: { email: 'ada@example.org', password: 'hunter2', new_password: 'hunter2', ticket: 'hunter2' },
  });
  expect(lines.map(({ msg }) => msg)).toEqual(
    expect.arrayContaining(['what nobody should do', 'as it should be done']),
  );
  expect(JSON.stringify(lines)).not.toContain('hunter2');
});
