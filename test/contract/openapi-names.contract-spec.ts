import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const SRC = join(__dirname, '../../src');

it('no two contracts call different things by one name', () => {
  const names = readdirSync(SRC, { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.(dto|query)\.ts$/.test(file))
    .map((file) => /export class (\w+)/.exec(readFileSync(join(SRC, file), 'utf8'))?.[1]);
  expect(names.length).toBeGreaterThan(50);
  expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
});
