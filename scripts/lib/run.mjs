import { spawn } from 'node:child_process';
import { root } from './root.mjs';

/**
 * Runs a command in the project's folder and resolves to its exit code. Ctrl-C reaches the child by itself (same
 * process group), so until it has ended the signal must not end us; one sent to us alone is handed on.
 */
export function run(command, args, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: root, stdio: 'inherit', ...options });
    const stayForChild = () => undefined;
    const handOn = () => child.kill('SIGTERM');
    process.on('SIGINT', stayForChild);
    process.on('SIGTERM', handOn);
    const settle = (finish) => {
      process.off('SIGINT', stayForChild);
      process.off('SIGTERM', handOn);
      finish();
    };
    child.once('error', (error) => settle(() => reject(error)));
    child.once('exit', (code) => settle(() => resolve(code ?? 1)));
  });
}

/** Runs npm: the one that started us, when there is one, else the one on the PATH. */
export function runNpm(args) {
  const cli = process.env.npm_execpath;
  if (cli !== undefined && /npm-cli\.c?js$/.test(cli)) return run(process.execPath, [cli, ...args]);
  return run('npm', args, { shell: process.platform === 'win32' });
}
