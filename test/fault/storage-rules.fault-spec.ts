import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expectStatus } from '../support/account-client';
import { DataFolder } from '../support/data-folder';
import { eventually } from '../support/eventually';
import type { ServiceProcess } from '../support/service-process';

const OPEN = 'paths:\n  /files/:name:\n    read: true\n';
const WRONG = 'paths:\n  /files/:name:\n    read: nobody\n';

describe('the storage rules of a running service', () => {
  let folder: DataFolder;
  let file: string;

  beforeEach(() => {
    folder = new DataFolder();
    file = join(folder.path, 'rules.yaml');
  });

  afterEach(() => folder.dispose());

  const environment = (workers: number) => ({ STORAGE_RULES: file, WORKERS: String(workers), LOG_LEVEL: 'info' });
  const countIn = (service: ServiceProcess, text: string) => service.log.split(text).length - 1;

  it.each([1, 2])(
    'stop the start where they are wrong, with file, line and reason (%d processes)',
    async (workers) => {
      writeFileSync(file, WRONG);
      const { code, log } = await folder.startInVain({ environment: environment(workers) });
      expect(code).toBe(1);
      expect(log).toContain(
        `Latchkey did not start. The storage rules are wrong:\n  ${file}:3: read: there is nothing called nobody here\n`,
      );
      expect(log).not.toContain('    at ');
      await folder.expectNothingLeft();
    },
    60_000,
  );

  it.each([1, 2])(
    'are read again on SIGHUP by all of %d processes; wrong ones are refused',
    async (workers) => {
      writeFileSync(file, OPEN);
      const service = await folder.start({ environment: environment(workers) });
      await eventually(() => expect(service.log).toContain('listens on'));

      process.kill(service.pid, 'SIGHUP');
      await eventually(() => expect(countIn(service, 'storage rules read again')).toBe(workers));

      writeFileSync(file, WRONG);
      process.kill(service.pid, 'SIGHUP');
      await eventually(() => expect(countIn(service, 'the former ones stay')).toBe(workers));
      expect(service.log).toContain(`${file}:3: read: there is nothing called nobody here`);

      expect(service.hasEnded).toBe(false);
      await expectStatus(service.get('/readyz'), 200);
      expect(await service.stop()).toEqual({ code: 0, signal: null });
    },
    60_000,
  );
});
