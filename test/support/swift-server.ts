import { CreateBucketCommand, DeleteObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { S3Settings } from '../../src/config/settings';
import { eventually } from './eventually';
import { requireProgram } from './required-program';

export interface SwiftServer {
  readonly s3: S3Settings;
  /** A client of the test's own, to look behind the service. */
  readonly client: S3Client;
  stop(): Promise<void>;
}

const RING_BUILDER = 'swift-ring-builder';
const SERVERS = ['account', 'container', 'object', 'proxy'] as const;
type ServerName = (typeof SERVERS)[number];
type Ports = Readonly<Record<ServerName | 'cache', number>>;

/** Whether this machine has what `startSwift` needs. */
export function hasSwift(): boolean {
  return [...SERVERS.map((name) => `swift-${name}-server`), RING_BUILDER].every(
    (program) => requireProgram(program) !== null,
  );
}

/** An object store that speaks S3: OpenStack Swift of our own, one device, on free loopback ports, with one bucket. */
export async function startSwift(): Promise<SwiftServer> {
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-swift-'));
  const ports = await freePorts();
  writeConfiguration(folder, ports);
  const children = SERVERS.map((name) =>
    spawn(`swift-${name}-server`, [join(folder, 'etc', `${name}.conf`)], { cwd: folder, stdio: 'ignore' }),
  );
  const s3: S3Settings = {
    endpoint: `http://127.0.0.1:${ports.proxy}`,
    region: 'us-east-1',
    bucket: 'files',
    accessKeyId: 'test:tester',
    secretAccessKey: 'testing',
  };
  const client = clientOf(s3);
  try {
    await eventually(() => client.send(new CreateBucketCommand({ Bucket: s3.bucket })), 30_000);
    // the server of objects may be the last to come
    const probe = { Bucket: s3.bucket, Key: 'probe' };
    await eventually(() => client.send(new PutObjectCommand({ ...probe, Body: 'probe' })), 30_000);
    await client.send(new DeleteObjectCommand(probe));
  } catch (error) {
    await stopAll(children, folder);
    throw error;
  }
  return {
    s3,
    client,
    stop: async () => {
      client.destroy();
      await stopAll(children, folder);
    },
  };
}

function clientOf({ endpoint, region, accessKeyId, secretAccessKey }: S3Settings): S3Client {
  return new S3Client({
    endpoint,
    region,
    credentials: { accessKeyId, secretAccessKey },
    forcePathStyle: true,
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    maxAttempts: 1,
  });
}

async function stopAll(children: readonly ChildProcess[], folder: string): Promise<void> {
  await Promise.all(
    children.map(async (child) => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = once(child, 'exit');
      child.kill('SIGKILL');
      await ended;
    }),
  );
  rmSync(folder, { recursive: true, force: true });
}

function writeConfiguration(folder: string, ports: Ports): void {
  const etc = join(folder, 'etc');
  mkdirSync(etc);
  mkdirSync(join(folder, 'srv', 'd1'), { recursive: true });
  writeFileSync(
    join(etc, 'swift.conf'),
    '[swift-hash]\nswift_hash_path_prefix = test\nswift_hash_path_suffix = test\n' +
      '[storage-policy:0]\nname = one\ndefault = yes\n',
  );
  for (const name of ['account', 'container', 'object'] as const) {
    makeRing(etc, name, ports[name]);
    writeFileSync(join(etc, `${name}.conf`), storageConf(folder, name, ports[name]));
  }
  writeFileSync(join(etc, 'proxy.conf'), proxyConf(folder, ports));
}

function makeRing(etc: string, name: ServerName, port: number): void {
  const builder = join(etc, `${name}.builder`);
  for (const args of [['create', '4', '1', '1'], ['add', `r1z1-127.0.0.1:${port}/d1`, '1'], ['rebalance']]) {
    const { status, stderr } = spawnSync(RING_BUILDER, [builder, ...args], { encoding: 'utf8' });
    if (status !== 0) throw new Error(`swift-ring-builder ${args.join(' ')} failed: ${stderr}`);
  }
}

function storageConf(folder: string, name: ServerName, port: number): string {
  return `[DEFAULT]
bind_ip = 127.0.0.1
bind_port = ${port}
user = root
swift_dir = ${folder}/etc
devices = ${folder}/srv
mount_check = false
workers = 0
disable_fallocate = true
fallocate_reserve = 0
[pipeline:main]
pipeline = ${name}-server
[app:${name}-server]
use = egg:swift#${name}
`;
}

function proxyConf(folder: string, ports: Ports): string {
  const filters = ['catch_errors', 'gatekeeper', 'healthcheck', 'listing_formats', 'bulk', 'copy', 'slo', 'dlo'];
  return `[DEFAULT]
bind_ip = 127.0.0.1
bind_port = ${ports.proxy}
user = root
swift_dir = ${folder}/etc
workers = 0
[pipeline:main]
pipeline = catch_errors gatekeeper healthcheck cache listing_formats bulk s3api tempauth copy slo dlo proxy-server
[app:proxy-server]
use = egg:swift#proxy
account_autocreate = true
allow_account_management = true
# a machine that is busy with tests is slow, not broken
error_suppression_limit = 1000000
conn_timeout = 10
node_timeout = 60
[filter:cache]
use = egg:swift#memcache
memcache_servers = 127.0.0.1:${ports.cache}
[filter:s3api]
use = egg:swift#s3api
location = us-east-1
force_swift_request_proxy_log = false
[filter:tempauth]
use = egg:swift#tempauth
user_test_tester = testing .admin
${filters.map((name) => `[filter:${name}]\nuse = egg:swift#${name}\n`).join('')}`;
}

/** All held at once, so that no two are the same. The cache's stays unused: Swift does without it. */
async function freePorts(): Promise<Ports> {
  const names = [...SERVERS, 'cache'] as const;
  const probes = names.map(() => createServer().listen(0, '127.0.0.1'));
  await Promise.all(probes.map((probe) => once(probe, 'listening')));
  const ports = probes.map((probe) => (probe.address() as AddressInfo).port);
  await Promise.all(probes.map((probe) => once(probe.close(), 'close')));
  return Object.fromEntries(names.map((name, index) => [name, ports[index]])) as unknown as Ports;
}
