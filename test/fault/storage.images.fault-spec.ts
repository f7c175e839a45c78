import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { DataFolder } from '../support/data-folder';
import { describeOnLinux } from '../support/describe-on-linux';
import { eventually } from '../support/eventually';
import type { ServiceProcess } from '../support/service-process';
import { multipart } from '../support/storage';

let folder: DataFolder;
let service: ServiceProcess;
beforeEach(async () => {
  folder = new DataFolder();
  const rules = join(folder.path, 'rules.yaml');
  writeFileSync(rules, 'paths:\n  /open/:name:\n    read: true\n    write: true\n');
  service = await folder.start({ environment: { STORAGE_RULES: rules } });
  const content = await sharp({ create: { width: 200, height: 100, channels: 3, background: 'red' } })
    .png()
    .toBuffer();
  const { payload, type } = multipart([{ content, type: 'image/png' }]);
  const headers = { 'content-type': type };
  expect((await fetch(`${service.url}/storage/open/a`, { method: 'POST', headers, body: payload })).status).toBe(200);
});
afterEach(() => folder.dispose());

const image = async (query: string): Promise<number> => {
  const answer = await fetch(`${service.url}/storage/open/a?${query}`);
  await answer.arrayBuffer();
  return answer.status;
};

/** Processes that make images for this service. */
function painters(): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        const parent = /^PPid:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
        return Number(parent) === service.pid && readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('image-program');
      } catch {
        return false;
      }
    })
    .map(Number);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

describeOnLinux('the processes that make images', () => {
  it('are there when one is wished, know nothing of the service’s settings, and give way to everything else', async () => {
    expect(painters()).toEqual([]);
    expect(await image('w=50')).toBe(200);
    const [painter, ...others] = painters();
    expect([typeof painter, others]).toEqual(['number', []]);
    // node names the channel to its parent there
    const environment = readFileSync(`/proc/${String(painter)}/environ`, 'utf8')
      .split('\0')
      .filter((line) => line !== '');
    expect(environment.filter((line) => !line.startsWith('NODE_CHANNEL_'))).toEqual([]);
    const fields = readFileSync(`/proc/${String(painter)}/stat`, 'utf8')
      .replace(/^.*\) /, '')
      .split(' ');
    expect(fields[16]).toBe('19');
  });

  it('may be killed: the next image is made by another', async () => {
    expect(await image('w=50')).toBe(200);
    const [first = 0] = painters();
    process.kill(first, 'SIGKILL');
    // gone for its parent as well: what it is given before that is lost with it
    await eventually(() => expect(isAlive(first)).toBe(false));
    await eventually(async () => expect(await image('w=70')).toBe(200));
    expect(painters()).not.toContain(first);
  });

  it('go with the service, however it goes', async () => {
    expect(await image('w=50')).toBe(200);
    const [painter = 0] = painters();
    await service.kill();
    await eventually(() => expect(isAlive(painter)).toBe(false));
  });
});
