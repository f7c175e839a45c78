import type { Client, ClientConfig, Pool } from 'pg';
import type { DataSource } from 'typeorm';
import { ImpatientClient } from '../../database/impatient-client';

/**
 * A database connection outside the pool, for what lives as long as its connection: LISTEN and session-level locks. It
 * is configured as the pool's own connections are.
 */
export function dedicatedClient(dataSource: DataSource, overrides: ClientConfig = {}): Client {
  const { master } = dataSource.driver as unknown as { master: Pool };
  const { options } = master;
  // node-postgres keeps these two out of enumeration, so that no log prints them; a spread would lose them
  return new ImpatientClient({ ...options, password: options.password, ssl: options.ssl, ...overrides });
}
