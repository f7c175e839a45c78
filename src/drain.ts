import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Server } from 'node:http';

const SWEEP_MS = 50;
/** A request that has not ended by then is cut: the platform would kill us anyway. */
const PATIENCE_MS = 25_000;

/** On SIGTERM or SIGINT: take no new connection, finish what is under way, let go of the rest, leave. */
export function drainOnSignal(app: NestFastifyApplication): void {
  let isDraining = false;
  const drain = () => {
    if (isDraining) return;
    isDraining = true;
    void close(app).then(
      () => process.exit(0),
      (error: unknown) => {
        process.stderr.write(`Latchkey did not stop cleanly. ${error instanceof Error ? (error.stack ?? '') : ''}\n`);
        process.exit(1);
      },
    );
  };
  process.once('SIGTERM', drain);
  process.once('SIGINT', drain);
}

async function close(app: NestFastifyApplication): Promise<void> {
  const server: Server = app.getHttpServer();
  // Fastify waits for kept-alive connections, a minute and more under load; idle ones can go at once
  const sweep = setInterval(() => {
    server.closeIdleConnections();
  }, SWEEP_MS);
  const deadline = setTimeout(() => {
    server.closeAllConnections();
  }, PATIENCE_MS);
  try {
    await app.close();
  } finally {
    clearInterval(sweep);
    clearTimeout(deadline);
  }
}
