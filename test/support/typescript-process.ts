import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const ROOT = join(__dirname, '..', '..');
const REGISTER = join(ROOT, 'scripts', 'register-typescript.cjs');

/** One of our TypeScript files in a process of its own, which can be talked to in lines and killed. */
export class TypescriptProcess {
  private readonly child: ChildProcess;
  private readonly ended: Promise<unknown>;
  private errors = '';
  readonly lines: string[] = [];

  constructor(file: string, args: readonly string[], environment: NodeJS.ProcessEnv = {}) {
    this.child = spawn(process.execPath, ['-r', REGISTER, join(ROOT, file), ...args], {
      cwd: ROOT,
      env: { ...process.env, ...environment },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    this.ended = once(this.child, 'exit');
    if (!this.child.stdout || !this.child.stderr) throw new Error('no pipes');
    createInterface({ input: this.child.stdout }).on('line', (line) => this.lines.push(line));
    this.child.stderr.on('data', (chunk) => (this.errors += String(chunk)));
  }

  get pid(): number {
    if (this.child.pid === undefined) throw new Error('the process did not start');
    return this.child.pid;
  }

  /** What follows `prefix` on the first line that starts with it; throws while there is none. */
  find(prefix: string): string {
    if (this.child.exitCode !== null) throw new Error(`ended with ${this.child.exitCode}: ${this.errors}`);
    const found = this.lines.find((line) => line.startsWith(`${prefix} `));
    if (found === undefined) throw new Error(`no line "${prefix}" yet: ${this.errors}`);
    return found.slice(prefix.length + 1);
  }

  /** @returns when the process has ended */
  async end(signal: NodeJS.Signals): Promise<void> {
    this.child.kill(signal);
    await this.ended;
  }
}
