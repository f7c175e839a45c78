// Proves that .dependency-cruiser.cjs holds what it says: in a small house of its own it plants a breach of every rule
// and expects each to be reported by that rule, from that file; and it expects silence about everything allowed.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, posix } from 'node:path';
import { inRoot } from '../../scripts/lib/root.mjs';

const require = createRequire(import.meta.url);
const configuration = inRoot('.dependency-cruiser.cjs');
const rules = require(configuration).forbidden.map((rule) => rule.name);

/** What the planted imports lead to: one file on every floor, in every room, and the packages. */
const targets = [
  ...['kernel/clock', 'config/settings', 'database/database', 'platform/crypto/random', 'http/caller'].map(onSrc),
  ...['user', 'ticket', 'mail', 'audit', 'credential', 'storage', 'session', 'lockout', 'mfa', 'auth'].map((room) =>
    onSrc(`core/${room}/${room}`),
  ),
  ...['contracts/native/native', 'contracts/vault/vault', 'pages/page', 'app.module', 'main', 'cli/tool'].map(onSrc),
  ...['user.spec', 'user.db-spec', 'sealed-index'].map((name) => onSrc(`core/user/${name}`)),
  ...['test/support/until', 'bench/timing'],
];

/** [rule, importing file, what it imports] */
const breaches = [
  ...['config/settings', 'database/database', 'core/user/user', 'app.module'].map((to) => floor('kernel', to)),
  ...['database/database', 'platform/crypto/random', 'app.module'].map((to) => floor('config', to)),
  ...['platform/crypto/random', 'core/user/user', 'app.module'].map((to) => floor('database', to)),
  ...['core/user/user', 'http/caller', 'app.module'].map((to) => floor('platform', to)),
  ...['http/caller', 'contracts/native/native', 'pages/page', 'app.module'].map((to) =>
    breach('floor-core', 'core/auth', to),
  ),
  ...['contracts/native/native', 'pages/page', 'app.module'].map((to) => floor('http', to)),
  ...['pages/page', 'app.module'].map((to) => breach('floor-contracts', 'contracts/native', to)),
  ...['contracts/native/native', 'app.module'].map((to) => floor('pages', to)),
  ...unseen('user', ['ticket', 'mail', 'audit', 'credential', 'storage', 'session', 'lockout', 'mfa', 'auth']),
  ...unseen('ticket', ['user', 'mail', 'audit', 'credential', 'storage', 'session', 'lockout', 'mfa', 'auth']),
  ...unseen('mail', ['user', 'ticket', 'audit', 'credential', 'storage', 'session', 'lockout', 'mfa', 'auth']),
  ...unseen('audit', ['user', 'ticket', 'mail', 'credential', 'storage', 'session', 'lockout', 'mfa', 'auth']),
  ...unseen('credential', ['user', 'ticket', 'mail', 'audit', 'storage', 'session', 'lockout', 'mfa', 'auth']),
  ...unseen('storage', ['user', 'ticket', 'mail', 'audit', 'credential', 'session', 'lockout', 'mfa', 'auth']),
  ...unseen('session', ['ticket', 'mail', 'audit', 'credential', 'storage', 'lockout', 'mfa', 'auth']),
  ...unseen('lockout', ['credential', 'storage', 'session', 'mfa', 'auth']),
  ...unseen('mfa', ['mail', 'credential', 'storage', 'session', 'auth']),
  breach('room-not-drawn', 'core/loyalty', 'core/user/user'),
  breach('floor-not-drawn', 'helpers', 'kernel/clock'),
  breach('contracts-apart', 'contracts/native', 'contracts/vault/vault'),
  breach('contracts-apart', 'contracts/vault', 'contracts/native/native'),
  ...['contracts/native/native', 'pages/page', 'app.module'].map((to) => inSixthContract('sixth-contract', onSrc(to))),
  inSixthContract('sixth-contract', 'test/support/until'),
  inSixthContract('sixth-contract', 'bench/timing'),
  inSixthContract('service-without-development-packages', 'jest'),
  breach('programs-are-not-imported', 'http', 'main'),
  breach('programs-are-not-imported', 'core/auth', 'cli/tool'),
  breach('kernel-without-packages', 'kernel', 'rxjs'),
  ...[
    ...['fastify', '@fastify/cookie', 'class-validator', 'class-transformer', 'passport-jwt', 'swagger-ui-dist'],
    ...['swagger', 'passport', 'throttler', 'platform-fastify'].map((name) => `@nestjs/${name}`),
  ].map((name) => breach('core-without-http', 'core/auth', name)),
  breach('service-without-tests', 'core/auth', 'test/support/until'),
  breach('service-without-tests', 'http', 'bench/timing'),
  breach('service-without-tests', 'core/auth', 'core/user/user.spec'),
  breach('service-without-tests', 'core/auth', 'core/user/user.db-spec'),
  ['service-without-tests', 'ormconfig.ts', 'test/support/until'],
  breach('service-without-development-packages', 'http', 'jest'),
  breach('no-barrel', 'core/auth', 'core/user/index'),
  ['no-cycle', onSrc('core/user/about'), 'src/core/user/round'],
  ['no-orphan', `${onSrc('core/user/forgotten')}.ts`, null],
  breach('resolvable', 'http', 'http/nowhere'),
];

/** What must be let through, or the rules would forbid the house itself. */
const allowed = [
  ...['config', 'database', 'platform', 'core/auth', 'http', 'contracts/native', 'pages'].map((from) =>
    breach(null, from, 'kernel/clock'),
  ),
  ...['database', 'platform', 'core/auth', 'http', 'contracts/native', 'pages'].map((from) =>
    breach(null, from, 'config/settings'),
  ),
  ...['platform', 'core/auth', 'http'].map((from) => breach(null, from, 'database/database')),
  ...['core/auth', 'http', 'contracts/native', 'pages'].map((from) => breach(null, from, 'platform/crypto/random')),
  ...['http', 'contracts/native', 'pages'].map((from) => breach(null, from, 'core/auth/auth')),
  ...['contracts/native', 'pages'].map((from) => breach(null, from, 'http/caller')),
  ...seen('session', ['user']),
  ...seen('lockout', ['user', 'ticket', 'mail', 'audit']),
  ...seen('mfa', ['user', 'ticket', 'lockout', 'audit']),
  ...seen('auth', ['user', 'ticket', 'mail', 'audit', 'credential', 'storage', 'session', 'lockout', 'mfa']),
  breach(null, 'core/auth', 'rxjs'),
  breach(null, 'core/auth', '@nestjs/common'),
  breach(null, 'core/auth', 'core/user/sealed-index'),
  breach(null, 'contracts/native', 'fastify'),
  ...['kernel/clock', 'config/settings', 'core/auth/auth', 'http/caller'].map((to) => inSixthContract(null, onSrc(to))),
  inSixthContract(null, 'fastify'),
  breach(null, 'cli', 'app.module'),
  [null, 'src/app.module.ts', 'src/contracts/native/native'],
  [null, 'src/kernel/reaching.spec.ts', 'test/support/until'],
  [null, 'src/kernel/reaching.db-spec.ts', 'src/core/auth/auth'],
  [null, 'src/kernel/packaged.spec.ts', 'jest'],
  [null, 'test/support/reaching.ts', 'src/contracts/vault/vault'],
];

const packages = ['rxjs', 'jest', ...new Set([...breaches, ...allowed].map(([, , to]) => to).filter(isPackage))];

function onSrc(path) {
  return `src/${path}`;
}

function isPackage(to) {
  return to !== null && !/^(src|test|bench)\//.test(to);
}

/** `from` is a folder of src, in which a file of its own is planted for this one import. */
function breach(rule, from, to) {
  const isOurs = to.includes('/') ? !to.startsWith('@') : ['main', 'app.module'].includes(to);
  const target = /^(test|bench)\//.test(to) || !isOurs ? to : onSrc(to);
  const name = `${rule ?? 'allowed'}--${to.replace(/[@/.]+/g, '-')}--planted`;
  return [rule, `src/${from}/${name}.ts`, target];
}

function inSixthContract(rule, to) {
  const name = `${rule ?? 'allowed'}--${to.replace(/[@/.]+/g, '-')}--planted`;
  return [rule, `test/support/sixth-contract/${name}.ts`, to];
}

function floor(from, to) {
  return breach(`floor-${from}`, from, to);
}

function unseen(room, others) {
  return others.map((other) => breach(`room-${room}`, `core/${room}`, `core/${other}/${other}`));
}

function seen(room, others) {
  return others.map((other) => breach(null, `core/${room}`, `core/${other}/${other}`));
}

function plant(house) {
  const write = (path, text) => {
    mkdirSync(dirname(join(house, path)), { recursive: true });
    writeFileSync(join(house, path), text);
  };
  const importing = (path, to) => {
    const specifier = isPackage(to) ? to : `./${posix.relative(posix.dirname(path), to)}`;
    return `import type { Thing } from '${specifier}';\nexport type Mine = Thing;\n`;
  };
  write('tsconfig.json', JSON.stringify({ compilerOptions: { module: 'node20', moduleResolution: 'node16' } }));
  const dependencies = Object.fromEntries(packages.filter((name) => name !== 'jest').map((name) => [name, '1.0.0']));
  write('package.json', JSON.stringify({ name: 'house', dependencies, devDependencies: { jest: '1.0.0' } }));
  for (const name of packages) {
    write(`node_modules/${name}/package.json`, JSON.stringify({ name, version: '1.0.0', main: 'index.js' }));
    write(`node_modules/${name}/index.js`, 'module.exports = {};\n');
  }
  // node:fs keeps them from being orphans themselves
  for (const target of [...targets, 'src/core/user/index']) {
    write(`${target}.ts`, "import type { Stats as Thing } from 'node:fs';\nexport type { Thing };\n");
  }
  for (const [, from, to] of [...breaches, ...allowed]) {
    const path = from.endsWith('.ts') ? from : `${from}.ts`;
    write(path, to === null ? 'export const forgotten = true;\n' : importing(path, to));
  }
  // the other half of the cycle, which is reported once, from the first of its files
  write('src/core/user/round.ts', importing('src/core/user/round.ts', 'src/core/user/about'));
  write('src/core/user/entry-program.js', 'process.exit(0);\n');
}

function cruise(house) {
  const cli = inRoot('node_modules', 'dependency-cruiser', 'bin', 'dependency-cruise.mjs');
  const args = [cli, '--config', configuration, '--output-type', 'json', 'src', 'test', 'bench', 'ormconfig.ts'];
  const { stdout, stderr } = spawnSync(process.execPath, args, { cwd: house, encoding: 'utf8', maxBuffer: 2 ** 26 });
  if (!stdout.startsWith('{')) throw new Error(`dependency-cruiser did not run: ${stderr}`);
  return JSON.parse(stdout).summary.violations.map(({ rule, from }) => `${rule.name}: ${from}`);
}

function findFaults(reported) {
  const planted = breaches.map(([rule, from]) => `${rule}: ${from.endsWith('.ts') ? from : `${from}.ts`}`);
  const permitted = allowed.map(([, from]) => from);
  const tried = new Set(breaches.map(([rule]) => rule));
  return [
    ...planted.filter((line) => !reported.includes(line)).map((line) => `not reported: ${line}`),
    ...reported
      .filter((line) => permitted.some((from) => line.endsWith(`: ${from}`)))
      .map((line) => `forbidden, though allowed: ${line}`),
    ...rules.filter((rule) => !tried.has(rule)).map((rule) => `no breach of this rule is planted: ${rule}`),
    ...reported.filter((line) => line.endsWith('entry-program.js')).map((line) => `forbidden, though allowed: ${line}`),
  ];
}

const house = mkdtempSync(join(tmpdir(), 'latchkey-floors-'));
try {
  plant(house);
  const faults = findFaults(cruise(house));
  for (const fault of faults) console.error(fault);
  if (faults.length > 0) process.exitCode = 1;
  else
    console.log(
      `floors self-test: ${breaches.length} planted breaches reported, ${allowed.length} allowed imports let through`,
    );
} finally {
  rmSync(house, { recursive: true, force: true });
}
