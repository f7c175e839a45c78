// A process that starts on a data folder and a database as the service does: `keys-process.ts <folder> <url> <go file>`.
// Prints `ready`, waits for the go file so that several begin at the same moment, then prints `keys <digest>`.
import { existsSync } from 'node:fs';
import { DataSource } from 'typeorm';
import { parseSettings } from '../../src/config/settings';
import { dataSourceOptions } from '../../src/database/data-source';
import { Database } from '../../src/database/database.service';
import { sha256 } from '../../src/platform/crypto/digest';
import { MasterKeyring } from '../../src/platform/keys/master-keyring.service';
import { ServiceKeyEntity } from '../../src/platform/keys/service-key.entity';
import { ServiceKeys } from '../../src/platform/keys/service-keys.service';
import { TestClock } from './test-clock';

async function main(dataDir: string, url: string, goFile: string): Promise<void> {
  const settings = parseSettings({ DATA_DIR: dataDir });
  const options = dataSourceOptions({ url, entities: [ServiceKeyEntity], poolSize: 2 });
  const dataSource = await new DataSource(options).initialize();
  process.stdout.write('ready now\n');
  // without a pause on purpose: a timer would spread the processes over milliseconds
  while (!existsSync(goFile));
  const keys = new ServiceKeys(new Database(dataSource), new MasterKeyring(settings), new TestClock());
  await keys.load();
  const all = Buffer.concat([keys.key('pepper'), keys.key('refresh'), keys.key('audit')]);
  process.stdout.write(`keys ${sha256(all).toString('hex')}\n`);
  // whoever started it reads the line and then ends it
  setInterval(() => undefined, 60_000);
}

const [dataDir = '', url = '', goFile = ''] = process.argv.slice(2);
void main(dataDir, url, goFile);
