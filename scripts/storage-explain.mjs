// npm run storage:explain -- --as user.json GET /user/1/x
import { ensureBuilt } from './lib/ensure-built.mjs';
import { ensureInstalled } from './lib/ensure-installed.mjs';
import { inRoot } from './lib/root.mjs';
import { run } from './lib/run.mjs';

await ensureInstalled();
await ensureBuilt();
process.exitCode = await run(process.execPath, [inRoot('dist', 'cli', 'storage-explain.js'), ...process.argv.slice(2)]);
