import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { explainStorage } from '../../src/cli/storage-explain';
import { testStorage } from '../../src/cli/storage-test';

const document = readFileSync(resolve(__dirname, '../../docs/storage.md'), 'utf8');

function blocksOf(language: string): string[] {
  return [...document.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\`$`, 'gms'))].map(([, text = '']) => text);
}

describe('docs/storage.md', () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'latchkey-docs-'))));
  afterEach(() => rmSync(folder, { recursive: true }));

  const put = (name: string, text: string) => {
    const file = join(folder, name);
    writeFileSync(file, text);
    return file;
  };

  it('prints rules that are right, each with tests after it that pass', () => {
    const blocks = blocksOf('yaml');
    expect(blocks.length).toBeGreaterThanOrEqual(6);
    for (let at = 0; at < blocks.length; at += 2) {
      const rules = put('rules.yaml', blocks[at] ?? '');
      put('rules.test.yaml', blocks[at + 1] ?? '');
      expect(testStorage(rules, [])).toEqual({
        isGood: true,
        output: expect.stringMatching(/passed, 0 failed$/) as string,
      });
    }
  });

  it('prints what storage:explain says of the first of them', () => {
    const [first = ''] = blocksOf('yaml');
    const [console_ = ''] = blocksOf('console');
    const rules = put('storage.rules.yaml', first);
    const [command = '', ...lines] = console_.trimEnd().split('\n');
    const options = command
      .replace(/^.* -- /, '')
      .replace('user.json', put('user.json', '{"user_id": "1"}'))
      .split(' ');
    const { output } = explainStorage(rules, options);
    expect(output.replaceAll(`${folder}/`, '').split('\n')).toEqual(lines);
  });
});
