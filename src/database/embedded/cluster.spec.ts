import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, utimesSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findBinaries } from './binaries';
import { chooseAccount } from './choose-account';
import { clusterMajor, createCluster } from './cluster';

describe('a new cluster', () => {
  let root: string;
  let folder: string;

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'latchkey-cluster-'));
    folder = join(root, 'postgres');
  });
  afterEach(() => rmSync(root, { recursive: true }));

  const create = async (): Promise<void> => {
    const { folder: binFolder } = await findBinaries(null);
    await createCluster(folder, binFolder, await chooseAccount(binFolder, folder));
  };

  it('can be entered by its owner alone, and admits nobody by network', async () => {
    await create();
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    const rules = readFileSync(join(folder, 'pg_hba.conf'), 'utf8').split('\n');
    expect(rules.filter((rule) => rule.startsWith('host') && !rule.endsWith('reject'))).toEqual([]);
  });

  it('is made once and left alone from then on', async () => {
    await create();
    const made = statSync(folder).ino;
    await create();
    expect(statSync(folder).ino).toBe(made);
  });

  it('is one cluster when several processes make it at once, and nothing else is left', async () => {
    await Promise.all([create(), create()]);
    expect(clusterMajor(folder)).not.toBeNull();
    expect(readdirSync(root)).toEqual(['postgres']);
  });

  it('clears away what a process left that died over it, but not what is in the making', async () => {
    const [old, young] = [`${folder}.new-old`, `${folder}.new-young`];
    for (const draft of [old, young]) mkdirSync(draft);
    const anHourAgo = new Date(Date.now() - 3_600_000);
    utimesSync(old, anHourAgo, anHourAgo);
    await create();
    expect([existsSync(old), existsSync(young)]).toEqual([false, true]);
  });
});
