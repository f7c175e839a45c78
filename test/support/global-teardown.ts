import { rmSync } from 'node:fs';
import { onServer, SERVER_VARIABLE, TEMPLATE_VARIABLE, variable } from './test-server';
import './global-setup';

export default async function globalTeardown(): Promise<void> {
  await onServer(variable(SERVER_VARIABLE), `DROP DATABASE IF EXISTS ${variable(TEMPLATE_VARIABLE)}`);
  const suite = globalThis.suiteServer;
  if (!suite) return;
  await suite.server.stop();
  rmSync(suite.folder, { recursive: true, force: true });
}
