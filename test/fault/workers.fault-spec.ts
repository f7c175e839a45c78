import { readFileSync } from 'node:fs';
import { request } from 'node:http';
import { bearer, createAccount, expectStatus, PASSWORD, signIn } from '../support/account-client';
import { DataFolder } from '../support/data-folder';
import { eventually } from '../support/eventually';
import { processesIn } from '../support/processes-in';
import type { ServiceProcess } from '../support/service-process';

const environment = { WORKERS: '2' };

describe('WORKERS=2', () => {
  let folder: DataFolder;
  let service: ServiceProcess;

  beforeEach(async () => {
    folder = new DataFolder();
    service = await folder.start({ environment });
  });

  afterEach(() => folder.dispose());

  const workers = (): number[] =>
    processesIn(folder.path)
      .map(({ pid }) => pid)
      .filter((pid) => pid !== service.pid && isChildOf(pid, service.pid) && isService(pid));

  /** Once all listen: before, one that dies would take the others along. */
  const twoWorkers = (): Promise<number[]> =>
    eventually(() => {
      expect(service.log).toContain('with 2 processes');
      const found = workers();
      expect(found).toHaveLength(2);
      return found;
    }, 30_000);

  it('says where it listens, where its data is and where its mails are, once all listen', async () => {
    await twoWorkers();
    expect(service.log).toContain(`listens on ${service.url} with 2 processes`);
    expect(service.log).toContain(`Its data is in ${folder.path}`);
    expect(service.log).toContain(`Mails are shown at http://localhost:${service.port}/dev/mailbox`);
  });

  it('is one service: what one process does, the other knows', async () => {
    await twoWorkers();
    await createAccount(service, 'owner@example.org');
    for (let round = 0; round < 5; round += 1) {
      const tokens = await signIn(service, 'owner@example.org');
      // connections go to the processes in turn
      const asked = Array.from({ length: 6 }, () => fresh(service, '/user/me', bearer(tokens)));
      expect(await Promise.all(asked)).toEqual(Array(6).fill(200));
      await expectStatus(service.post('/auth/token/revoke', {}, bearer(tokens)), 204);
      await eventually(async () => {
        const again = Array.from({ length: 6 }, () => fresh(service, '/user/me', bearer(tokens)));
        expect(await Promise.all(again)).toEqual(Array(6).fill(401));
      }, 2_000);
    }
  }, 60_000);

  it('replaces a worker that is killed, while the port goes on answering', async () => {
    await createAccount(service, 'owner@example.org');
    const login = { email: 'owner@example.org', password: PASSWORD };
    const [victim = 0] = await twoWorkers();
    const during: (number | string)[] = [];
    const client = async (): Promise<void> => {
      while (workers().includes(victim)) during.push(await fresh(service, '/auth/login', {}, login).catch(nameOf));
    };
    const clients = Array.from({ length: 8 }, client);
    await eventually(() => expect(during.length).toBeGreaterThan(8));
    process.kill(victim, 'SIGKILL');
    await Promise.all(clients);
    // what the dead one had in hand is broken at once, the rest is answered
    expect(during.filter((outcome) => outcome !== 200 && outcome !== 'ECONNRESET')).toEqual([]);
    for (let n = 0; n < 20; n += 1) expect(await fresh(service, '/auth/login', {}, login)).toBe(200);

    await eventually(() => {
      const now = workers();
      expect(now).toHaveLength(2);
      expect(now).not.toContain(victim);
    });
    expect(service.hasEnded).toBe(false);
    await eventually(() => expectStatus(service.get('/readyz'), 200));
  }, 60_000);

  it.each(['SIGTERM', 'SIGKILL'] as const)(
    '%s to the first process stops all and leaves nothing behind',
    async (signal) => {
      await twoWorkers();
      const exit = await service.end(signal);
      expect(exit).toEqual(signal === 'SIGTERM' ? { code: 0, signal: null } : { code: null, signal: 'SIGKILL' });
      await folder.expectNothingLeft();
    },
    60_000,
  );

  it('does not start, and does not try for ever, where one process would not start', async () => {
    const { code, log } = await folder.startInVain({ environment, port: service.port });
    expect(code).toBe(1);
    expect(log).toContain('EADDRINUSE');
    expect(log).not.toContain('listens on');
    await expectStatus(service.get('/readyz'), 200);
  }, 60_000);
});

/** On a connection of its own. */
function fresh(
  service: ServiceProcess,
  path: string,
  headers: Record<string, string>,
  body?: unknown,
): Promise<number> {
  const text = body === undefined ? null : JSON.stringify(body);
  const type = text === null ? {} : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) };
  const options = { agent: false, method: text === null ? 'GET' : 'POST', headers: { ...headers, ...type } };
  return new Promise((resolve, reject) => {
    const outgoing = request(service.url + path, options, (answer) => {
      answer.resume().once('end', () => {
        resolve(answer.statusCode ?? 0);
      });
    });
    outgoing.once('error', reject);
    outgoing.setTimeout(10_000, () => outgoing.destroy(new Error('no answer for 10 s')));
    outgoing.end(text ?? undefined);
  });
}

function nameOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  return code ?? message;
}

function isChildOf(pid: number, parent: number): boolean {
  return new RegExp(`^PPid:\\s+${parent}$`, 'm').test(read(`/proc/${pid}/status`));
}

function isService(pid: number): boolean {
  return read(`/proc/${pid}/cmdline`).includes('main.js');
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    // it has ended meanwhile
    return '';
  }
}
