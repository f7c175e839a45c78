import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { randomBytes } from 'node:crypto';
import { parseSettings } from '../../config/settings';
import { MasterKeyring } from './master-keyring.service';

const secret = Buffer.from('a private key');
let dataDir: string;

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'keyring-'));
});

afterEach(() => {
  rmSync(dataDir, { recursive: true });
});

function keyring(...keys: readonly string[]): MasterKeyring {
  return new MasterKeyring(parseSettings({ MASTER_KEY: keys.join(','), DATA_DIR: dataDir }));
}

function newKey(): string {
  return randomBytes(32).toString('base64');
}

describe('master keys', () => {
  it('open what they sealed, in its own place only', () => {
    const ring = keyring(newKey());
    const sealed = ring.seal(secret, 'signing_keys/1');
    expect(ring.open(sealed, 'signing_keys/1')).toEqual(secret);
    expect(() => ring.open(sealed, 'signing_keys/2')).toThrow('does not open');
  });

  it('all open, the first seals, and what a former one sealed is known', () => {
    const [former, current] = [newKey(), newKey()];
    const sealed = keyring(former).seal(secret, 'here');
    const both = keyring(current, former);
    expect(both.open(sealed, 'here')).toEqual(secret);
    expect(both.needsReseal(sealed)).toBe(true);
    const resealed = both.seal(secret, 'here');
    expect(both.needsReseal(resealed)).toBe(false);
    expect(keyring(current).open(resealed, 'here')).toEqual(secret);
  });

  it('that are gone are asked for by name, and no value is told', () => {
    const [gone, current] = [newKey(), newKey()];
    const sealed = keyring(gone).seal(secret, 'service_keys/pepper');
    let message = '';
    try {
      keyring(current).open(sealed, 'service_keys/pepper');
    } catch (error) {
      message = String(error);
    }
    expect(message).toMatch(/service_keys\/pepper.*another master key.*MASTER_KEY/);
    for (const value of [gone, current]) expect(message).not.toContain(value.slice(0, 12));
  });
});

describe('the master key in the data folder', () => {
  it('is made once, for its owner only, and leaves nothing else behind', () => {
    const sealed = keyring().seal(secret, 'here');
    const path = join(dataDir, 'master.key');
    const text = readFileSync(path, 'utf8');
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(readdirSync(dataDir)).toEqual(['master.key']);
    expect(keyring().open(sealed, 'here')).toEqual(secret);
    expect(readFileSync(path, 'utf8')).toBe(text);
  });

  it('can move into MASTER_KEY as it is', () => {
    const sealed = keyring().seal(secret, 'here');
    const text = readFileSync(join(dataDir, 'master.key'), 'utf8').trim();
    expect(keyring(newKey(), text).open(sealed, 'here')).toEqual(secret);
  });

  it('is not made where MASTER_KEY is set', () => {
    keyring(newKey()).seal(secret, 'here');
    expect(readdirSync(dataDir)).toEqual([]);
  });

  it('is never replaced, however it looks', () => {
    writeFileSync(join(dataDir, 'master.key'), 'half a ke');
    expect(() => keyring()).toThrow('master.key');
    expect(readFileSync(join(dataDir, 'master.key'), 'utf8')).toBe('half a ke');
  });
});
