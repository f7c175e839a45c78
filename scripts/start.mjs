// npm start: on a machine with only Node, brings node_modules and dist up to date, then is the service.
import Module from 'node:module';
import { ensureBuilt } from './lib/ensure-built.mjs';
import { ensureInstalled } from './lib/ensure-installed.mjs';
import { requireNode } from './lib/require-node.mjs';
import { inRoot } from './lib/root.mjs';

try {
  await requireNode();
  await ensureInstalled();
  await ensureBuilt();
} catch (error) {
  console.error(error.message);
  process.exit(1);
}

// `node dist/main.js`, but in this very process: signals, the exit code and a kill reach the service itself, and no
// process in between can leave it behind. Workers forked by it start from there as well.
process.argv[1] = inRoot('dist', 'main.js');
Module.runMain();
