import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/**
 * Installs test/peers: the engines and documents that tests and benchmarks run beside ours. They have a lock
 * file of their own, so that none of their packages is ever part of the product's tree. Does nothing, and needs
 * no network, when what is installed is what the lock file says.
 */
const folder = new URL('../test/peers/', import.meta.url);
const installed = new URL('node_modules/.orsay-peers', folder);
const wanted = createHash('sha256')
  .update(readFileSync(new URL('package-lock.json', folder)))
  .digest('hex');

if (!existsSync(installed) || readFileSync(installed, 'utf8') !== wanted) {
  // Scripts of packages do not run: nothing here needs building.
  execFileSync('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], {
    cwd: fileURLToPath(folder),
    stdio: 'inherit',
    shell: process.platform === 'win32',
  });
  writeFileSync(installed, wanted);
}
