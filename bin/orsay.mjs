#!/usr/bin/env -S node --max-semi-space-size=32
// Runs the sources in a checkout (with tsx), and otherwise the JavaScript that `npm run build` wrote.
import { existsSync } from 'node:fs';

const source = new URL('../cli/main.ts', import.meta.url);
const built = new URL('../dist/cli/main.js', import.meta.url);

async function tsx() {
  if (!existsSync(source)) return undefined;
  try {
    return await import('tsx/esm/api');
  } catch (error) {
    if (error?.code === 'ERR_MODULE_NOT_FOUND') return undefined;
    throw error;
  }
}

const loader = await tsx();
if (loader) {
  loader.register();
  await import(source.href);
} else if (existsSync(built)) {
  await import(built.href);
} else {
  process.stderr.write(
    'Orsay is not installed completely: run `npm ci` in the checkout, or `npm run build`.\n',
  );
  process.exitCode = 2;
}
