import { randomBytes } from 'node:crypto';
import { Client } from 'pg';

/** How the suite's server is handed from the global setup to the workers. */
export const SERVER_VARIABLE = 'LATCHKEY_TEST_SERVER';
export const TEMPLATE_VARIABLE = 'LATCHKEY_TEST_TEMPLATE';

export function variable(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set: jest's global setup did not run`);
  return value;
}

export function randomDatabaseName(prefix: string): string {
  return `${prefix}_${randomBytes(8).toString('hex')}`;
}

/** The same server, another database. */
export function withDatabase(url: string, database: string): string {
  const changed = new URL(url);
  changed.pathname = `/${database}`;
  return changed.href;
}

/** Runs one statement on the suite's server, outside every test's database. */
export async function onServer(url: string, sql: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}
