import { Logger } from '@nestjs/common';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { asking } from '../../../../test/support/storage-questions';
import { parseSettings } from '../../../config/settings';
import { StorageRules } from './storage-rules.service';

describe('StorageRules', () => {
  let folder: string;
  let file: string;
  let said: string[];

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'latchkey-rules-'));
    file = join(folder, 'rules.yaml');
    said = [];
    const hear = (...[message]: unknown[]) => void said.push(String(message));
    jest.spyOn(Logger.prototype, 'log').mockImplementation(hear);
    jest.spyOn(Logger.prototype, 'error').mockImplementation(hear);
  });

  afterEach(() => {
    jest.restoreAllMocks();
    rmSync(folder, { recursive: true });
  });

  const write = (read: string) => writeFileSync(file, `paths:\n  /files/:name:\n    read: ${read}\n`);
  const make = () => new StorageRules(parseSettings({ STORAGE_RULES: file }));
  const decision = (rules: StorageRules) => rules.current().decide(asking()).decision;

  it('does not begin with a file that is wrong', () => {
    write('nobody');
    expect(make).toThrow(expect.objectContaining({ name: 'StorageRulesError' }));
    expect(make).toThrow(`${file}:3: read: there is nothing called nobody here`);
  });

  it('takes a new file over, while what has begun goes on with the former rules', () => {
    write('false');
    const rules = make();
    const begun = rules.current();
    write('true');
    expect(decision(rules)).toBe('deny');
    rules.reload();
    expect(decision(rules)).toBe('allow');
    expect(begun.decide(asking()).decision).toBe('deny');
  });

  it('refuses a new file that is wrong, says why, and keeps the former rules', () => {
    write('true');
    const rules = make();
    for (const wrong of [() => write('nobody'), () => writeFileSync(file, 'paths: ['), () => rmSync(file)]) {
      wrong();
      said = [];
      rules.reload();
      expect(decision(rules)).toBe('allow');
      expect(said).toEqual([expect.stringContaining(file)]);
      expect(said[0]).toContain('the former ones stay');
    }
    write('false');
    rules.reload();
    expect(decision(rules)).toBe('deny');
  });

  it('has a file of its own where none is set and none is in the working folder', () => {
    const before = process.cwd();
    try {
      process.chdir(folder);
      const own = parseSettings({}).storageRulesFile;
      expect(own).toBe(join(__dirname, '../../../..', 'storage.rules.yaml'));
      expect(parseSettings({ STORAGE_RULES: 'other.yaml' }).storageRulesFile).toMatch(/latchkey-rules-.*other\.yaml$/);
      writeFileSync('storage.rules.yaml', '');
      expect(parseSettings({}).storageRulesFile).toMatch(/latchkey-rules-.*storage\.rules\.yaml$/);
    } finally {
      process.chdir(before);
    }
  });
});
