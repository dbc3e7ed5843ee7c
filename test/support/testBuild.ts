import { createHash } from 'node:crypto';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir, userInfo } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { buildSync } from 'esbuild';
import { BUILT_CHILD_PROGRAM, bundleChildProgram } from '../../engine/host/children/childProgram.ts';

const { dependencies, devDependencies } = createRequire(import.meta.url)('../../package.json') as {
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
};
const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const CODE = [
  'engine',
  'strategies',
  'server',
  'cli',
  'test/support',
  'test/simulators',
  'scripts/markdownTable.ts',
];
const CHILDREN = 'engine/host/children';
/** The programs of processes. Each is a file with some chunks: Node.js takes a second to load 500 modules. */
const PROGRAMS = [
  'cli/main.ts',
  'server/main.ts',
  'test/support/processes',
  'test/simulators/simulateRouting.ts',
];
/** Packages of many modules that are bundled too. The others are left where they are. */
const BUNDLED: ReadonlySet<string> = new Set(['zod', 'jose', 'uuid', '@date-fns/tz', 'lowdb', 'node-fetch']);
/** Bundled code is no longer where its files are. */
const PLACES = {
  'import.meta.url': 'MODULE_URL',
  'import.meta.filename': 'MODULE_FILE',
  'import.meta.dirname': 'MODULE_FOLDER',
};
/** Builds of this checkout that nobody used for so long are removed. */
const MAX_AGE_MS = 60 * 60_000;

let folder: string | undefined;

/**
 * The path of a program in JavaScript, for a process that a test starts: `server/main.ts`. A process that
 * compiles the sources itself needs two seconds of processor time before its first line. The build is made
 * once for all processes of a run, and again when a source has changed.
 */
export function builtProgram(source: string): string {
  folder ??= buildOf(stateOf());
  return join(folder, builtName(source));
}

function stateOf(): string {
  const hash = createHash('sha256');
  for (const path of filesOf(['package.json', 'scxml'], CODE)) {
    const { mtimeMs, size } = statSync(join(ROOT, path));
    hash.update(`${path} ${mtimeMs} ${size}\n`);
  }
  return hash.digest('hex').slice(0, 16);
}

function filesOf(...groups: readonly (readonly string[])[]): readonly string[] {
  return groups.flat().flatMap((path) => {
    if (!statSync(join(ROOT, path)).isDirectory()) return [path];
    const found = readdirSync(join(ROOT, path), { recursive: true, withFileTypes: true });
    return found
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(ROOT.length));
  });
}

function buildOf(state: string): string {
  const checkout = createHash('sha256').update(ROOT).digest('hex').slice(0, 8);
  // The permission model of engine children checks real paths.
  const parent = realpathSync(tmpdir());
  const prefix = `orsay-test-build-${userInfo().uid}-${checkout}-`;
  const wanted = join(parent, `${prefix}${state}`);
  if (!isPresent(wanted)) {
    removeOld(parent, prefix);
    const made = mkdtempSync(join(parent, prefix));
    writeBuild(made, wanted);
    try {
      renameSync(made, wanted);
    } catch (error) {
      // The other process of this run was faster.
      rmSync(made, { recursive: true });
      if (!isPresent(wanted)) throw error;
    }
  }
  return wanted;
}

function isPresent(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false }) !== undefined;
}

function removeOld(parent: string, prefix: string): void {
  for (const name of readdirSync(parent).filter((other) => other.startsWith(prefix))) {
    const path = join(parent, name);
    const age = Date.now() - (statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0);
    if (age > MAX_AGE_MS) rmSync(path, { recursive: true, force: true });
  }
}

function writeBuild(out: string, wanted: string): void {
  for (const path of [...CODE, 'scxml', 'package.json']) {
    cpSync(join(ROOT, path), join(out, path), { recursive: true, filter: (file) => !file.endsWith('.ts') });
  }
  for (const path of ['node_modules', 'fixtures']) symlinkSync(join(ROOT, path), join(out, path));
  const { outputFiles } = buildSync({
    entryPoints: sourcesOf(CODE).map((path) => join(ROOT, path)),
    outbase: ROOT,
    outdir: out,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    sourcemap: 'inline',
    define: PLACES,
    write: false,
  });
  for (const { path, text } of outputFiles) {
    const code = text.replace(/((?:from|import\(|import) ?"\.{1,2}\/[^"]+)\.ts"/g, '$1.js"');
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, `${placesOf(join(wanted, path.slice(out.length)), code)}${code}`);
  }
  buildSync({
    entryPoints: sourcesOf(PROGRAMS).map((path) => join(out, builtName(path))),
    outbase: out,
    outdir: out,
    allowOverwrite: true,
    bundle: true,
    splitting: true,
    external: Object.keys({ ...dependencies, ...devDependencies }).filter((name) => !BUNDLED.has(name)),
    format: 'esm',
    platform: 'node',
    target: 'node20',
    sourcemap: 'linked',
  });
  const program = bundleChildProgram(join(ROOT, CHILDREN, 'engineChildMain.ts'));
  writeFileSync(join(out, CHILDREN, BUILT_CHILD_PROGRAM), program);
}

function sourcesOf(paths: readonly string[]): readonly string[] {
  return filesOf(paths).filter((path) => /(?<!\.d)\.ts$/.test(path));
}

function builtName(source: string): string {
  return source.replace(/\.ts$/, '.js');
}

/** Declares the place of a module where its code uses it, in the first line, which keeps the source map. */
function placesOf(path: string, code: string): string {
  const places = {
    MODULE_URL: pathToFileURL(path).href,
    MODULE_FILE: path,
    MODULE_FOLDER: dirname(path),
  };
  const used = Object.entries(places).filter(([name]) => code.includes(name));
  return used.map(([name, place]) => `const ${name} = ${JSON.stringify(place)}; `).join('');
}
