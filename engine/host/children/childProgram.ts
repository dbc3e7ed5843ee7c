import { existsSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Beside this module in a build (scripts/bundleEngineChild.mjs). */
export const BUILT_CHILD_PROGRAM = 'engineChild.mjs';

/** Of esbuild only what is used; it comes with tsx, and is resolved from there. */
interface Esbuild {
  buildSync(options: {
    readonly entryPoints: readonly string[];
    readonly bundle: true;
    readonly platform: 'node';
    readonly format: 'esm';
    readonly target: string;
    readonly write: false;
  }): { readonly outputFiles: readonly { readonly text: string }[] };
}

let program: string | undefined;

/**
 * Path of the child's program: one file, which is all that a child may read, and is loaded fast. A build has
 * it; in a checkout, which tsx runs, it is made when first needed, in a folder of this process that goes with
 * it. (tsx itself in a child would have to write its cache and start threads and processes.)
 */
export function childProgram(): string {
  program ??= import.meta.filename.endsWith('.ts') ? madeNow() : built();
  return program;
}

/** The text of the program, from the path of engineChildMain. */
export function bundleChildProgram(main: string): string {
  const require = createRequire(import.meta.url);
  const esbuild = createRequire(require.resolve('tsx/package.json'))('esbuild') as Esbuild;
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
  // The permission model goes by real paths.
  const folder = mkdtempSync(join(realpathSync(tmpdir()), 'orsay-engine-child-'));
  const path = join(folder, BUILT_CHILD_PROGRAM);
  writeFileSync(path, bundleChildProgram(join(import.meta.dirname, 'engineChildMain.ts')), { mode: 0o400 });
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  return path;
}
