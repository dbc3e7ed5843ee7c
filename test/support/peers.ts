import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const FRAMEWORK = new URL('../peers/node_modules/@scion-scxml/test-framework/test/', import.meta.url);

/** Folder of the documents of @scion-scxml/test-framework; `npm test` installs it. */
export function frameworkFolder(): URL {
  if (existsSync(fileURLToPath(FRAMEWORK))) return FRAMEWORK;
  throw new Error('Expected test/peers to be installed: run node scripts/installApart.mjs test/peers.');
}
