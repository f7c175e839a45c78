import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { settingsSchema } from './settings.schema';

const example = readFileSync(join(__dirname, '..', '..', '.env.example'), 'utf8');

describe('.env.example', () => {
  it('lists every setting of the schema with its help and its default, in the order of the schema, and nothing else', () => {
    const listed = [...example.matchAll(/^# (.+)\n# ([A-Z][A-Z0-9_]*)=(.*)$/gm)];
    expect(listed.map(([, help, name, fallback]) => ({ name, help, fallback }))).toEqual(
      Object.entries(settingsSchema).map(([name, { help, fallback }]) => ({ name, help, fallback })),
    );
    expect(example.match(/^#? ?[A-Z][A-Z0-9_]*=/gm)).toHaveLength(Object.keys(settingsSchema).length);
  });

  it('changes nothing when it is copied to .env as it is', () => {
    expect(parseEnv(example)).toEqual({});
  });

  it('means the defaults when every line is uncommented', () => {
    const uncommented = parseEnv(example.replace(/^# (?=[A-Z][A-Z0-9_]*=)/gm, ''));
    expect(uncommented).toEqual(
      Object.fromEntries(Object.entries(settingsSchema).map(([name, { fallback }]) => [name, fallback])),
    );
  });
});
