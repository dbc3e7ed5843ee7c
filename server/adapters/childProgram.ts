import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

/** What a child runs, and all that it may read. */
export interface ChildProgramFiles {
  readonly main: string;
  readonly readable: readonly string[];
}

/** Packages that the engine itself imports; of the child's own program. */
const ENGINE_PACKAGES = ['acorn', 'acorn-walk', 'astring'];

let built: ChildProgramFiles | undefined;

/**
 * The child's program. Built (dist): its files as they are. In a checkout, which tsx runs: one file that the
 * compiler inside tsx makes of them, in a folder of this process that goes with it. tsx itself in a child
 * would need to write its cache, start threads and processes: all that a child must not.
 */
export function childProgram(): ChildProgramFiles {
  built ??= import.meta.filename.endsWith('.ts') ? bundle() : installed();
  return built;
}

function installed(): ChildProgramFiles {
  const main = join(import.meta.dirname, 'engineChildMain.js');
  const root = join(import.meta.dirname, '..', '..');
  const require = createRequire(import.meta.url);
  return {
    main,
    readable: [
      main,
      join(root, 'engine', sep),
      // Node looks here for the kind of module that a .js file is.
      join(root, 'package.json'),
      join(root, '..', 'package.json'),
      ...ENGINE_PACKAGES.map((name) => join(dirname(findPackage(require, name)), sep)),
    ],
  };
}

function findPackage(require: NodeJS.Require, name: string): string {
  return require.resolve(`${name}/package.json`);
}

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

function bundle(): ChildProgramFiles {
  const require = createRequire(import.meta.url);
  const esbuild = createRequire(require.resolve('tsx/package.json'))('esbuild') as Esbuild;
  const { outputFiles } = esbuild.buildSync({
    entryPoints: [fileURLToPath(new URL('./engineChildMain.ts', import.meta.url))],
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    write: false,
  });
  const folder = mkdtempSync(join(tmpdir(), 'orsay-engine-child-'));
  const main = join(folder, 'engineChildMain.mjs');
  writeFileSync(main, outputFiles[0]?.text ?? '', { mode: 0o400 });
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  return { main, readable: [main] };
}
