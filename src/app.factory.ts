import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { AppModule } from './app.module';
import type { Settings } from './config/settings';
import { HttpAdapter } from './http/http-adapter';
import { OpenApiDocument } from './http/openapi/openapi-document.service';
import { AppLogger } from './platform/logging/app-logger.service';

/** The application as it runs: made, wired, not yet listening. */
export async function createApp(settings: Settings): Promise<NestFastifyApplication> {
  const app = await NestFactory.create<NestFastifyApplication>(AppModule.with(settings), new HttpAdapter(settings), {
    bufferLogs: true,
    // a start that fails is told once, by who asked for it, and not in Nest's own dialect as well
    autoFlushLogs: false,
    abortOnError: false,
  });
  wireApp(app).flushLogs();
  return app;
}

/** What an application needs besides its modules. Tests make theirs from the same modules and wire it here too. */
export function wireApp(app: NestFastifyApplication): NestFastifyApplication {
  app.useLogger(app.get(AppLogger));
  app.get(OpenApiDocument).attach(app);
  return app;
}
