import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { Agent, request } from 'node:http';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { inRoot } from '../../scripts/lib/root.mjs';

const READY_MS = 60_000;
const MAIL_MS = 30_000;
/** Accounts made at once. */
const HANDS = 8;

/** A service process with a data folder of its own and no budgets, and one connection to it. */
export class BenchService {
  #agent = new Agent({ keepAlive: true, maxSockets: 1 });
  #child;
  #dataDir;
  #port;

  static async start(environment) {
    const service = new BenchService();
    service.#dataDir = await mkdtemp(join(tmpdir(), 'latchkey-bench-'));
    service.#port = await freePort();
    service.#child = spawn(process.execPath, [inRoot('dist', 'main.js')], {
      cwd: service.#dataDir,
      env: {
        PATH: process.env.PATH,
        PORT: String(service.#port),
        DATA_DIR: service.#dataDir,
        THROTTLE_LIMIT: '0',
        THROTTLE_FAILURES: '0',
        LOG_LEVEL: 'warn',
        ...environment,
      },
      stdio: ['ignore', 'inherit', 'inherit'],
    });
    await service.#untilReady().catch(async (error) => {
      await service.stop();
      throw error;
    });
    return service;
  }

  get url() {
    return `http://127.0.0.1:${this.#port}`;
  }

  post(path, body, headers = {}) {
    return this.#ask('POST', path, JSON.stringify(body), this.#agent, headers);
  }

  get(path, headers = {}) {
    return this.#ask('GET', path, null, this.#agent, headers);
  }

  urlOf(path) {
    return `${this.url}${path}`;
  }

  /** Registers and activates, as people with the development mailbox do. */
  async createAccounts(people, password) {
    const waiting = [...people];
    const agent = new Agent({ keepAlive: true, maxSockets: HANDS });
    const hand = async () => {
      for (let person = waiting.pop(); person !== undefined; person = waiting.pop()) {
        await this.#expect(204, '/auth/register', { ...person, password }, agent);
        await this.#expect(204, '/auth/activate', { ticket: await this.#ticketOf(person.email, agent) }, agent);
      }
    };
    await Promise.all(Array.from({ length: HANDS }, hand));
    agent.destroy();
  }

  async stop() {
    this.#agent.destroy();
    if (this.#child.exitCode === null && this.#child.signalCode === null) {
      const exited = once(this.#child, 'exit');
      this.#child.kill('SIGTERM');
      await exited;
    }
    await rm(this.#dataDir, { recursive: true, force: true });
  }

  async #untilReady() {
    for (const startedAt = performance.now(); performance.now() - startedAt < READY_MS; await delay(100)) {
      if (this.#child.exitCode !== null) throw new Error('the service did not start');
      const answer = await this.#ask('GET', '/readyz', null, this.#agent).catch(() => null);
      if (answer?.status === 200) return;
    }
    throw new Error('the service did not become ready');
  }

  async #ticketOf(email, agent) {
    const path = `/dev/mailbox.json?to=${encodeURIComponent(email)}`;
    for (const startedAt = performance.now(); performance.now() - startedAt < MAIL_MS; await delay(50)) {
      const { text } = await this.#ask('GET', path, null, agent);
      const ticket = /activate\?ticket=([\w-]+)/.exec(text)?.[1];
      if (ticket !== undefined) return ticket;
    }
    throw new Error('no activation mail came');
  }

  async #expect(status, path, body, agent) {
    const answer = await this.#ask('POST', path, JSON.stringify(body), agent);
    if (answer.status !== status) throw new Error(`${path} answered ${answer.status} ${answer.text}`);
  }

  #ask(method, path, body, agent, more = {}) {
    const headers =
      body === null ? more : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body), ...more };
    return new Promise((resolve, reject) => {
      const outgoing = request({ agent, host: '127.0.0.1', port: this.#port, method, path, headers }, (answer) => {
        let text = '';
        answer.setEncoding('utf8').on('data', (chunk) => (text += chunk));
        answer.on('error', reject).on('end', () => resolve({ status: answer.statusCode, text }));
      });
      outgoing.on('error', reject).end(body ?? undefined);
    });
  }
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}
