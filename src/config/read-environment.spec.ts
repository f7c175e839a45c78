import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readEnvironment } from './read-environment';
import { SettingsError } from './settings';

describe('readEnvironment', () => {
  let folder: string;
  let file: string;
  const before = { ...process.env };

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'latchkey-env-'));
    file = join(folder, '.env');
    delete process.env['PORT'];
    delete process.env['JWT_AUDIENCE'];
  });

  afterEach(() => {
    process.env = { ...before };
    rmSync(folder, { recursive: true, force: true });
  });

  it('reads the file', () => {
    writeFileSync(file, '# a comment\nPORT=4001\nJWT_AUDIENCE="of the file"\n');
    expect(readEnvironment(file)).toMatchObject({ port: 4001, jwtAudience: 'of the file' });
  });

  it('lets a variable of the environment win over the file, setting by setting', () => {
    writeFileSync(file, 'PORT=4001\nJWT_AUDIENCE=of the file\n');
    process.env['PORT'] = '4002';
    expect(readEnvironment(file)).toMatchObject({ port: 4002, jwtAudience: 'of the file' });
  });

  it('does without a file', () => {
    expect(readEnvironment(join(folder, 'absent')).port).toBe(3000);
  });

  it('leaves the environment as it was: what the file says reaches no child process', () => {
    writeFileSync(file, 'PORT=4001\n');
    readEnvironment(file);
    expect(process.env['PORT']).toBeUndefined();
  });

  it('reports what is wrong in the file and in the environment together', () => {
    writeFileSync(file, 'PORT=leaked\n');
    process.env['JWT_ALGORITHM'] = 'leaked';
    const read = () => readEnvironment(file);
    expect(read).toThrow(SettingsError);
    expect(read).toThrow(/^ {2}PORT .*\n {2}JWT_ALGORITHM /m);
  });

  it('does not pass over a file that cannot be read', () => {
    expect(() => readEnvironment(folder)).toThrow(/EISDIR/);
  });
});
