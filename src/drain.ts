import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance } from 'fastify';

const SWEEP_MS = 50;
/** A request that has not ended by then is cut: the platform would kill us anyway. */
const PATIENCE_MS = 25_000;

/** On SIGTERM or SIGINT: take no new connection, finish what is under way, let go of the rest, leave. Before listening. */
export function drainOnSignal(app: NestFastifyApplication): void {
  let isDraining = false;
  const instance: FastifyInstance = app.getHttpAdapter().getInstance();
  instance.addHook('onSend', (_request, reply, payload, done) => {
    // else a client sends its next request on a connection that is about to go
    if (isDraining) void reply.header('Connection', 'close');
    done(null, payload);
  });
  const drain = () => {
    if (isDraining) return;
    isDraining = true;
    void close(app, instance).then(
      () => process.exit(0),
      (error: unknown) => {
        process.stderr.write(`Latchkey did not stop cleanly. ${error instanceof Error ? (error.stack ?? '') : ''}\n`);
        process.exit(1);
      },
    );
  };
  // a second signal, from an impatient terminal or a service manager, must not end us halfway
  process.on('SIGTERM', drain);
  process.on('SIGINT', drain);
}

async function close(app: NestFastifyApplication, instance: FastifyInstance): Promise<void> {
  const { server } = instance;
  // Fastify waits for kept-alive connections, a minute and more under load; idle ones can go at once
  const sweep = setInterval(() => {
    server.closeIdleConnections();
  }, SWEEP_MS);
  const deadline = setTimeout(() => {
    server.closeAllConnections();
  }, PATIENCE_MS);
  try {
    // The port first. Nest by itself lets modules go, which can take seconds, while requests still come in.
    await instance.close();
    await app.close();
  } finally {
    clearInterval(sweep);
    clearTimeout(deadline);
  }
}
