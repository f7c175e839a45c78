import { Module, type DynamicModule, type Provider, type Type } from '@nestjs/common';
import { APP_FILTER, APP_PIPE, NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { ConfigModule } from '../../src/config/config.module';
import { parseSettings } from '../../src/config/settings';
import { NativeErrorPresenter } from '../../src/contracts/native/native-error.presenter';
import { CookieJar } from '../../src/http/cookie-jar';
import { ErrorResponder } from '../../src/http/errors/error-responder.service';
import { HttpAdapter } from '../../src/http/http-adapter';
import { HttpErrorFilter } from '../../src/http/http-error.filter';
import { PresenterRegistry } from '../../src/http/presenters/presenter-registry';
import { ValidationPipe } from '../../src/http/validation.pipe';

export interface ProbeOptions {
  readonly controllers: readonly Type[];
  readonly providers?: readonly Provider[];
  readonly imports?: readonly DynamicModule[];
  /** Environment variables that the settings are read from. */
  readonly environment?: Readonly<Record<string, string>>;
}

/** The HTTP floor around controllers of a test's own: real adapter, filter, pipe and presenter; no database. */
export async function startProbe(options: ProbeOptions): Promise<NestFastifyApplication> {
  @Module({})
  class ProbeModule {}

  const settings = parseSettings({ NODE_ENV: 'test', ...options.environment });
  const adapter = new HttpAdapter(settings);
  const floor = {
    module: ProbeModule,
    imports: [ConfigModule.with(settings), ...(options.imports ?? [])],
    controllers: [...options.controllers],
    providers: [
      { provide: APP_FILTER, useClass: HttpErrorFilter },
      { provide: APP_PIPE, useClass: ValidationPipe },
      CookieJar,
      ErrorResponder,
      PresenterRegistry,
      ...(options.providers ?? []),
    ],
  };
  const app = await NestFactory.create<NestFastifyApplication>(floor, adapter, { logger: false, abortOnError: false });
  app.get(PresenterRegistry).register(new NativeErrorPresenter(), { isDefault: true });
  adapter.answerErrorsWith(app.get(ErrorResponder));
  await app.init();
  await app.getHttpAdapter().getInstance().ready();
  return app;
}
