import { Client } from 'pg';
import { SUPERUSER } from './cluster';

/** The database whose advisory locks say who uses the server. */
export const KEEPER_DATABASE = 'postgres';
/** Shared: I use this server. Exclusive: nobody does, and I am stopping it. */
export const USE_LOCK = 0x4c4b_0100;
const SETUP_LOCK = 0x4c4b_0101;
const CONNECT_TIMEOUT_MS = 5_000;
/** Whoever stops the server lets go by stopping it; longer than that means that it hangs. */
const STOPPING_TIMEOUT_MS = 70_000;
/** Of the database and of the account that owns it. */
export const SERVICE_NAME = 'latchkey';

/**
 * A connection whose session lock says that this process uses the server. While any process holds one, no watchdog
 * stops the server; when a process dies in any way, PostgreSQL itself takes the lock back.
 */
export class Keeper {
  private constructor(private readonly client: Client) {}

  /**
   * @param onLost called once when the connection ends before `release`
   * @throws the driver's error when there is no server, or it stopped while this waited for the lock
   */
  static async open(socketFolder: string, onLost: () => void): Promise<Keeper> {
    const client = await connect(socketFolder);
    try {
      await client.query(`SET lock_timeout = ${STOPPING_TIMEOUT_MS}`);
      await client.query('SELECT pg_advisory_lock_shared($1)', [USE_LOCK]);
      // The lock is also free for a moment while a server goes down that was told to stop under the exclusive one.
      // By then it refuses newcomers, so somebody who still gets in proves that it stays.
      const probe = await connect(socketFolder);
      await probe.end();
      await ensureServiceDatabase(client);
    } catch (error) {
      await client.end();
      throw error;
    }
    client.once('end', onLost);
    return new Keeper(client);
  }

  /** After this, nothing of this process keeps the server running. */
  async release(): Promise<void> {
    this.client.removeAllListeners('end');
    await this.client.end();
  }
}

/** The service's own database and its owner, who is no superuser: a flaw in a statement stays in there. */
async function ensureServiceDatabase(client: Client): Promise<void> {
  await client.query('SELECT pg_advisory_lock($1)', [SETUP_LOCK]);
  const roles = await client.query('SELECT 1 FROM pg_roles WHERE rolname = $1', [SERVICE_NAME]);
  if (roles.rowCount === 0) await client.query(`CREATE ROLE ${SERVICE_NAME} LOGIN`);
  const databases = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [SERVICE_NAME]);
  if (databases.rowCount === 0) await client.query(`CREATE DATABASE ${SERVICE_NAME} OWNER ${SERVICE_NAME}`);
  await client.query('SELECT pg_advisory_unlock($1)', [SETUP_LOCK]);
}

/** The URL of a database on the server behind a Unix socket. */
export function socketUrl(socketFolder: string, database: string, user: string): string {
  return `postgres://${user}@${encodeURIComponent(socketFolder)}:5432/${database}`;
}

async function connect(socketFolder: string): Promise<Client> {
  const client = new Client({
    connectionString: socketUrl(socketFolder, KEEPER_DATABASE, SUPERUSER),
    ssl: false,
    application_name: 'latchkey keeper',
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
  });
  // a lost connection is told by 'end' and by whatever query was under way
  client.on('error', () => undefined);
  await client.connect();
  return client;
}

/** Whether a server may be there soon: none answers yet, or it starts, stops or is full. */
export function isNotReady(error: unknown): boolean {
  const { code = '', message = '' } = error as { code?: string; message?: string };
  return isAbsent(error) || /^(57P|53300|08)/.test(code) || /Connection terminated|timeout/.test(message);
}

/** Whether nobody listens at all. */
export function isAbsent(error: unknown): boolean {
  return ['ENOENT', 'ECONNREFUSED', 'ECONNRESET', 'EPIPE'].includes((error as { code?: string }).code ?? '');
}
