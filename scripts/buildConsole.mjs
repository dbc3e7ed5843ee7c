// @ts-check
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import { buildGuides } from './buildGuides.mjs';

/**
 * Builds the pages of console/ and the guides of docs/ into dist/console/, unless they are built and no source is newer. `--always`
 * builds them in any case. Without the development dependencies it says so, and the server shows a page that
 * tells it.
 */
const root = resolve(import.meta.dirname, '..');
const source = join(root, 'console');
const guides = join(root, 'docs');
const target = join(root, 'dist/console');
/** Smaller files gain nothing. */
const MIN_COMPRESSED_BYTES = 1024;

/** @param {string} folder */
function newest(folder) {
  return Math.max(
    0,
    ...readdirSync(folder, { recursive: true, encoding: 'utf8' }).map(
      (name) => statSync(join(folder, name)).mtimeMs,
    ),
  );
}

function isBuilt() {
  const builtAt = statSync(join(target, 'index.html'), { throwIfNoEntry: false })?.mtimeMs ?? 0;
  return (
    builtAt >
    Math.max(
      newest(source),
      existsSync(guides) ? newest(guides) : 0,
      statSync(join(root, 'package-lock.json')).mtimeMs,
    )
  );
}

/** A compressed copy beside each file: the server has nothing to compress. */
function compress() {
  for (const name of readdirSync(target, { recursive: true, encoding: 'utf8' })) {
    const file = join(target, name);
    if (!/\.(js|css|svg|html)$/.test(name) || name === 'index.html') continue;
    const bytes = readFileSync(file);
    if (bytes.length < MIN_COMPRESSED_BYTES) continue;
    writeFileSync(`${file}.gz`, gzipSync(bytes, { level: 9 }));
    const quality = { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } };
    writeFileSync(`${file}.br`, brotliCompressSync(bytes, quality));
  }
}

async function build() {
  const { build: bundle } = await import('vite');
  await bundle({ configFile: join(source, 'vite.config.mjs'), logLevel: 'warn' });
  await bundle({ configFile: join(source, 'vite.widget.config.mjs'), logLevel: 'warn' });
  if (existsSync(guides)) await buildGuides({ source: guides, target: join(target, 'docs') });
  compress();
}

if (!existsSync(source)) {
  console.log('There are no sources of the console here.');
} else if (process.argv.includes('--always') || !isBuilt()) {
  if (existsSync(join(root, 'node_modules/vite'))) await build();
  else console.log('The console is not built: vite is missing (npm ci installs it).');
}
