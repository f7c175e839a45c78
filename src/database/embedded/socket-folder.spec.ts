import { chmodSync, mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { OWN_ACCOUNT } from './run-program';
import { secureSocketFolder, socketFolderOf } from './socket-folder';

describe('the folder of the socket', () => {
  let root: string;

  beforeEach(() => (root = mkdtempSync(join(tmpdir(), 'latchkey-socket-'))));
  afterEach(() => rmSync(root, { recursive: true }));

  it('is the cluster itself, or where that path is too long for a socket, a short one of its own', () => {
    expect(socketFolderOf('/srv/latchkey/data/postgres')).toBe('/srv/latchkey/data/postgres');
    const deep = `/srv/${'deep/'.repeat(30)}postgres`;
    const other = `/srv/${'deep/'.repeat(31)}postgres`;
    expect(Buffer.byteLength(socketFolderOf(deep))).toBeLessThan(80);
    expect(socketFolderOf(deep)).not.toBe(socketFolderOf(other));
  });

  it('counts bytes, not characters', () => {
    expect(socketFolderOf(`/srv/${'ü'.repeat(60)}`)).toMatch(/^\/tmp\/latchkey-[0-9a-f]{16}$/);
  });

  it('is made so that only its owner can enter, and found again', async () => {
    const folder = join(root, 'socket');
    await secureSocketFolder(folder, OWN_ACCOUNT);
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    await expect(secureSocketFolder(folder, OWN_ACCOUNT)).resolves.toBeUndefined();
  });

  it('is refused when others can enter it, or when it is a link to somewhere else', async () => {
    const open = join(root, 'open');
    mkdirSync(open);
    chmodSync(open, 0o777);
    await expect(secureSocketFolder(open, OWN_ACCOUNT)).rejects.toThrow(/can be entered by others/);

    const real = join(root, 'real');
    mkdirSync(real, { mode: 0o700 });
    symlinkSync(real, join(root, 'link'));
    await expect(secureSocketFolder(join(root, 'link'), OWN_ACCOUNT)).rejects.toThrow(/can be entered by others/);
  });
});
