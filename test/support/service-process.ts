import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createServer } from 'node:net';
import { resolve } from 'node:path';
import type { SettingName } from '../../src/config/settings.schema';
import { eventually } from './eventually';

const MAIN = resolve(__dirname, '../../dist/main.js');

export interface ServiceOptions {
  readonly dataDir: string;
  readonly environment?: Partial<Record<SettingName, string>>;
  /** The port of an earlier process, to be its successor; otherwise a free one. */
  readonly port?: number;
}

/** How a process ended: its code, or the signal that killed it. */
export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** The built service as a process of its own, on a free loopback port: what an operator runs. */
export class ServiceProcess {
  private output = '';
  private readonly ended: Promise<Exit>;

  private constructor(
    private readonly child: ChildProcess,
    readonly port: number,
  ) {
    child.stdout?.on('data', (chunk: Buffer) => (this.output += chunk.toString()));
    child.stderr?.on('data', (chunk: Buffer) => (this.output += chunk.toString()));
    // 'close' comes after the last of the output
    this.ended = once(child, 'close').then(([code, signal]) => ({ code, signal }));
  }

  /** Starts the service and waits until it is ready. */
  static async start(options: ServiceOptions): Promise<ServiceProcess> {
    const service = await ServiceProcess.launch(options);
    await eventually(async () => {
      if (service.hasEnded) return; // looked at below: no use in waiting
      const answer = await fetch(`${service.url}/readyz`);
      if (!answer.ok) throw new Error(`not ready: ${await answer.text()}`);
    }, 45_000).catch(async (error: unknown) => {
      await service.kill();
      throw new Error(`the service did not become ready:\n${service.output}`, { cause: error });
    });
    if (service.hasEnded) throw new Error(`the service left:\n${service.output}`);
    return service;
  }

  /** Starts the service without waiting for anything: it may well refuse to. */
  static async launch({ dataDir, environment = {}, port }: ServiceOptions): Promise<ServiceProcess> {
    if (!existsSync(MAIN)) throw new Error('dist/main.js is missing: run npm run build (npm test does)');
    const chosen = port ?? (await freePort());
    const child = spawn(process.execPath, [MAIN], {
      cwd: dataDir,
      env: {
        PATH: process.env['PATH'],
        PORT: String(chosen),
        DATA_DIR: dataDir,
        BCRYPT_COST: '4',
        THROTTLE_LIMIT: '0',
        THROTTLE_FAILURES: '0',
        LOG_LEVEL: 'warn',
        ...environment,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    return new ServiceProcess(child, chosen);
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  get pid(): number {
    return this.child.pid ?? 0;
  }

  /** What it wrote on standard output and error. */
  get log(): string {
    return this.output;
  }

  get hasEnded(): boolean {
    return this.child.exitCode !== null || this.child.signalCode !== null;
  }

  post(path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Response> {
    return fetch(this.url + path, {
      method: 'POST',
      headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  }

  get(path: string, headers: Record<string, string> = {}): Promise<Response> {
    return fetch(this.url + path, { headers });
  }

  /** As the machine would: at once, in the middle of whatever it does. */
  kill(): Promise<Exit> {
    return this.end('SIGKILL');
  }

  /** As an operator would: it drains. */
  stop(): Promise<Exit> {
    return this.end('SIGTERM');
  }

  /** Waits until it has ended by itself. */
  end(signal?: NodeJS.Signals): Promise<Exit> {
    if (signal !== undefined && !this.hasEnded) this.child.kill(signal);
    return this.ended;
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}
