// @ts-check
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

/**
 * Installs the packages of one folder: `node scripts/installApart.mjs test/peers`. Such a folder has a lock
 * file of its own, which keeps its packages out of the product's tree. Does nothing, and needs no network,
 * when the installed packages are those of the lock file.
 */
const folder = resolve(import.meta.dirname, '..', process.argv[2] ?? 'test/peers');
const installed = join(folder, 'node_modules/.orsay-installed');
const wanted = createHash('sha256')
  .update(readFileSync(join(folder, 'package-lock.json')))
  .digest('hex');

if (!existsSync(installed) || readFileSync(installed, 'utf8') !== wanted) {
  // Nothing here needs building, so scripts of packages do not run.
  execFileSync('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], {
    cwd: folder,
    stdio: 'inherit',
    shell: process.platform === 'win32',
  });
  writeFileSync(installed, wanted);
}
