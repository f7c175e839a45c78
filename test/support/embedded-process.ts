// A process that uses the embedded database of a folder, as the service does: `embedded-process.ts <folder> [write]`.
// Prints `ready <url>`, and with `write` one `committed <n>` a row. SIGTERM: leaves as the service does.
import { Client } from 'pg';
import { EmbeddedPostgres } from '../../src/database/embedded/embedded-postgres';

async function main(folder: string, isWriting: boolean): Promise<void> {
  const server = await EmbeddedPostgres.start(folder, (line) => process.stderr.write(`${line}\n`));
  process.once('SIGTERM', () => void server.stop().then(() => process.exit(0)));
  process.stdout.write(`ready ${server.url}\n`);
  // the service has a listening port to live for
  setInterval(() => undefined, 60_000);
  if (isWriting) await write(server.url);
}

/** Goes on through lost connections: what it says is committed must be there for ever. */
async function write(url: string): Promise<void> {
  for (let n = 0; ;) {
    const client = new Client({ connectionString: url });
    client.on('error', () => undefined);
    try {
      await client.connect();
      await client.query('CREATE TABLE IF NOT EXISTS written (pid integer, n integer)');
      for (;;) {
        n += 1;
        await client.query('INSERT INTO written VALUES ($1, $2)', [process.pid, n]);
        process.stdout.write(`committed ${n}\n`);
      }
    } catch {
      await client.end().catch(() => undefined);
    }
  }
}

void main(process.argv[2] ?? '', process.argv[3] === 'write');
