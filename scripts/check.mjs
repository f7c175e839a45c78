// npm run check: everything that is wrong with the code at a glance. The slowest check runs beside the others, which
// take as long together; what each one said comes whole, when it has ended.
import { spawn } from 'node:child_process';
import { root } from './lib/root.mjs';

const LANES = [['lint'], ['format:check', 'lint:floors', 'types', 'dead-code']];

/** Runs a script of package.json and tells what it said. Resolves to whether all was well. */
function check(name) {
  return new Promise((resolve, reject) => {
    const child = spawn('npm', ['run', '--silent', name], { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
    const said = [];
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => said.push(chunk));
    child.on('error', reject);
    child.on('close', (code) => {
      console.log(`${name}: ${code === 0 ? 'well' : 'FAILED'}`);
      if (code !== 0) process.stdout.write(Buffer.concat(said));
      resolve(code === 0);
    });
  });
}

async function checkAll(names) {
  const outcomes = [];
  for (const name of names) outcomes.push(await check(name));
  return outcomes;
}

const outcomes = await Promise.all(LANES.map(checkAll));
process.exitCode = outcomes.flat().every(Boolean) ? 0 : 1;
