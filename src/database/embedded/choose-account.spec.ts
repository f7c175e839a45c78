import { chownSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findBinaries } from './binaries';
import { chooseAccount } from './choose-account';
import { OWN_ACCOUNT } from './run-program';

const isRoot = process.getuid?.() === 0;
const itAsRoot = isRoot ? it : it.skip;
const itAsOther = isRoot ? it.skip : it;

describe('the account that the server runs as', () => {
  let root: string;
  let binFolder: string;

  beforeAll(async () => ({ folder: binFolder } = await findBinaries(null)));
  beforeEach(() => (root = mkdtempSync(join(tmpdir(), 'latchkey-account-'))));
  afterEach(() => rmSync(root, { recursive: true }));

  itAsOther('is our own', async () => {
    await expect(chooseAccount(binFolder, join(root, 'postgres'))).resolves.toEqual(OWN_ACCOUNT);
  });

  itAsOther('cannot be our own when the data is somebody else’s', async () => {
    await expect(chooseAccount(binFolder, '/etc')).rejects.toThrow(/belongs to another account \(uid 0\)/);
  });

  itAsRoot('is not root', async () => {
    await expect(chooseAccount(binFolder, join(root, 'postgres'))).resolves.not.toEqual(OWN_ACCOUNT);
  });

  itAsRoot('is the owner of the data', async () => {
    const folder = join(root, 'postgres');
    mkdirSync(folder, { mode: 0o700 });
    chownSync(folder, 65_534, 65_534);
    // programs that anybody may run, wherever the project lies
    const account = await chooseAccount(binFolder, folder).catch((error: Error) => error.message);
    expect([{ prefix: [], ids: { uid: 65_534, gid: 65_534 } }, expect.stringMatching(/refuses to run as root/)]).toContainEqual(account);
  });

  itAsRoot('is named as the reason where no account can run it', async () => {
    await expect(chooseAccount(binFolder, join(root, 'postgres'), [])).rejects.toThrow(
      /refuses to run as root.*ordinary user.*DATABASE_URL/s,
    );
  });
});
