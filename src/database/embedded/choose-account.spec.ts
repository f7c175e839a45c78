import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
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

  itAsRoot('is the owner of the data, who must be able to run the programs', async () => {
    const folder = join(root, 'postgres');
    mkdirSync(folder, { mode: 0o700 });
    chownSync(folder, 65_534, 65_534);
    const programs = join(root, 'bin');
    mkdirSync(programs);
    writeFileSync(join(programs, 'initdb'), '#!/bin/sh\n', { mode: 0o755 });

    chmodSync(root, 0o755);
    await expect(chooseAccount(programs, folder)).resolves.toEqual({ prefix: [], ids: { uid: 65_534, gid: 65_534 } });
    chmodSync(root, 0o700);
    await expect(chooseAccount(programs, folder)).rejects.toThrow(
      /belongs to another account \(uid 65534\), which cannot/,
    );
  });

  itAsRoot('is named as the reason where no account can run it', async () => {
    await expect(chooseAccount(binFolder, join(root, 'postgres'), [])).rejects.toThrow(
      /refuses to run as root.*ordinary user.*DATABASE_URL/s,
    );
  });
});
