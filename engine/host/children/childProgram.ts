import { existsSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Beside this module in a build (scripts/build.mjs). */
export const BUILT_CHILD_PROGRAM = 'engineChild.mjs';

/**
 * Set once. It is a variable of the module because the program belongs to the installation, not to a pool of
 * engine children: a second bundle would be equal, take half a second, and leave a second temporary folder.
 */
let program: string | undefined;

/**
 * Path of the program that engine children run: one file, because a child may read nothing else. A build
 * contains it. In a checkout the first call bundles it into a temporary folder, which this process removes at
 * its exit. A child cannot run tsx itself: tsx writes a cache and starts threads and processes, which a child
 * may not.
 */
export function childProgram(): string {
  program ??= import.meta.filename.endsWith('.ts') ? madeNow() : built();
  return program;
}

/** The text of the program, from the path of engineChildMain. */
export function bundleChildProgram(main: string): string {
  // Not imported above: a build has the program and does not need esbuild.
  const esbuild = createRequire(import.meta.url)('esbuild') as typeof import('esbuild');
  const { outputFiles } = esbuild.buildSync({
    entryPoints: [main],
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    write: false,
  });
  const [file] = outputFiles;
  if (file === undefined) throw new Error(`Expected a program made of ${main}, got none.`);
  return file.text;
}

function built(): string {
  const path = join(import.meta.dirname, BUILT_CHILD_PROGRAM);
  if (existsSync(path)) return path;
  throw new Error(`Expected the program of engine children at ${path}; 'npm run build' makes it.`);
}

function madeNow(): string {
  // The permission model checks real paths.
  const folder = mkdtempSync(join(realpathSync(tmpdir()), 'orsay-engine-child-'));
  const path = join(folder, BUILT_CHILD_PROGRAM);
  writeFileSync(path, bundleChildProgram(join(import.meta.dirname, 'engineChildMain.ts')), { mode: 0o400 });
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  return path;
}
