// npm run storage:test [-- rules.yaml [tests.yaml]]
import { ensureBuilt } from './lib/ensure-built.mjs';
import { ensureInstalled } from './lib/ensure-installed.mjs';
import { inRoot } from './lib/root.mjs';
import { run } from './lib/run.mjs';

await ensureInstalled();
await ensureBuilt();
process.exitCode = await run(process.execPath, [inRoot('dist', 'cli', 'storage-test.js'), ...process.argv.slice(2)]);
