import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { BUILT_CHILD_PROGRAM, bundleChildProgram } from '../dist/engine/host/children/childProgram.js';

// After tsc: the one file that engine children run, made of the built modules.
const folder = resolve(import.meta.dirname, '../dist/engine/host/children');
writeFileSync(join(folder, BUILT_CHILD_PROGRAM), bundleChildProgram(join(folder, 'engineChildMain.js')));
