// npm run bench:storage [-- <rounds, 9> [<MiB, 100>]]: how fast a file goes in and out, beside a bare Fastify that does the
// same without asking anybody. Both in this run, in turn. Ends with 1 when less than the promised part of it is left.
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { Agent, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureBuilt } from '../scripts/lib/ensure-built.mjs';
import { ensureInstalled } from '../scripts/lib/ensure-installed.mjs';
import { inRoot } from '../scripts/lib/root.mjs';
import { BenchService } from './lib/bench-service.mjs';
import { median } from './lib/statistics.mjs';

const PROMISED = { download: 0.7, upload: 0.5 };
const MIB = 1024 * 1024;
const WARM_UP = 2;
const BOUNDARY = 'boundary-of-the-benchmark';
const HEAD = Buffer.from(
  `--${BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="f"\r\nContent-Type: application/octet-stream\r\n\r\n`,
);
const TAIL = Buffer.from(`\r\n--${BOUNDARY}--\r\n`);

const rounds = Number(process.argv[2] ?? 9);
const size = Number(process.argv[3] ?? 100) * MIB;
if (!Number.isSafeInteger(rounds) || rounds < 1 || !Number.isSafeInteger(size) || size < MIB) {
  console.error('Usage: npm run bench:storage [-- <rounds> [<MiB>]]');
  process.exit(2);
}
const chunk = randomBytes(MIB);
const agent = new Agent({ keepAlive: true, maxSockets: 1 });

async function milliseconds(work) {
  const startedAt = performance.now();
  await work();
  return performance.now() - startedAt;
}

async function upload(url) {
  const headers = {
    'content-type': `multipart/form-data; boundary=${BOUNDARY}`,
    'content-length': HEAD.length + size + TAIL.length,
  };
  const sending = request(url, { method: 'POST', agent, headers });
  const answered = once(sending, 'response');
  sending.write(HEAD);
  for (let sent = 0; sent < size; sent += chunk.length) {
    if (!sending.write(chunk)) await once(sending, 'drain');
  }
  sending.end(TAIL);
  const [answer] = await answered;
  answer.resume();
  await once(answer, 'end');
  if (answer.statusCode !== 200) throw new Error(`an upload was answered ${answer.statusCode}`);
}

async function download(url) {
  const asking = request(url, { agent }).end();
  const [answer] = await once(asking, 'response');
  let bytes = 0;
  answer.on('data', (part) => (bytes += part.length));
  await once(answer, 'end');
  if (answer.statusCode !== 200 || bytes !== size) throw new Error(`a download was answered ${answer.statusCode}`);
}

/** Which of the two comes first changes from round to round: what drifts, drifts for both. */
async function compare(act, ours, bare) {
  const times = { ours: [], bare: [] };
  for (let round = -WARM_UP; round < rounds; round += 1) {
    const pair = [
      ['ours', ours],
      ['bare', bare],
    ];
    if (round % 2 === 0) pair.reverse();
    for (const [side, url] of pair) {
      const taken = await milliseconds(() => act(url));
      if (round >= 0) times[side].push(taken);
    }
  }
  return { ours: median(times.ours), bare: median(times.bare) };
}

function judge(name, { ours, bare }) {
  const speed = (taken) => `${(size / 1e6 / (taken / 1000)).toFixed(0)} MB/s`.padStart(10);
  const ratio = bare / ours;
  console.log(
    `${name.padEnd(10)}${speed(ours)}${speed(bare)}${ratio.toFixed(2).padStart(8)}${String(PROMISED[name]).padStart(10)}`,
  );
  return ratio >= PROMISED[name];
}

async function startBare() {
  const child = spawn(process.execPath, [inRoot('bench', 'lib', 'bare-file-server.mjs')], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [port] = await once(child.stdout, 'data');
  return { child, url: `http://127.0.0.1:${String(port).trim()}/file` };
}

await ensureInstalled();
await ensureBuilt();
const folder = await mkdtemp(join(tmpdir(), 'latchkey-rules-'));
const rules = join(folder, 'rules.yaml');
await writeFile(rules, 'paths:\n  /open/:name:\n    read: true\n    write: true\n');
const bare = await startBare();
const service = await BenchService.start({ STORAGE_RULES: rules, MAX_UPLOAD_BYTES: String(size) });
let areKept;
try {
  const ours = `${service.url}/storage/open/file`;
  console.log(`${size / MIB} MiB, median of ${rounds} rounds`);
  console.log('                ours      bare   ratio  promised');
  const uploads = judge('upload', await compare(upload, ours, bare.url));
  const downloads = judge('download', await compare(download, ours, bare.url));
  areKept = uploads && downloads;
} finally {
  agent.destroy();
  await service.stop();
  bare.child.kill('SIGTERM');
  await once(bare.child, 'exit');
  await rm(folder, { recursive: true, force: true });
}
process.exit(areKept ? 0 : 1);
