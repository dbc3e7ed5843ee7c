// @ts-check
import { execFileSync } from 'node:child_process';
import { cpSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * Builds dist/: JavaScript and type declarations of every area, the documents that the code reads by path,
 * the program of engine children in one file, and the pages of the console.
 */
const root = resolve(import.meta.dirname, '..');
const dist = join(root, 'dist');
// A file of an earlier build must not end up in the package.
rmSync(dist, { recursive: true, force: true });

const typescript = dirname(fileURLToPath(import.meta.resolve('typescript/package.json')));
execFileSync(process.execPath, [join(typescript, 'bin/tsc'), '-p', 'tsconfig.build.json'], {
  cwd: root,
  stdio: 'inherit',
});
cpSync(join(root, 'scxml'), join(dist, 'scxml'), { recursive: true });
const explorer = 'server/openapi/explorer';
cpSync(join(root, explorer), join(dist, explorer), { recursive: true });

// Imported here, not above: the module is part of the build.
const children = join(dist, 'engine/host/children');
const { BUILT_CHILD_PROGRAM, bundleChildProgram } = await import(join(children, 'childProgram.js'));
writeFileSync(join(children, BUILT_CHILD_PROGRAM), bundleChildProgram(join(children, 'engineChildMain.js')));

// dist/ is empty, so this builds the console.
await import('./buildConsole.mjs');
