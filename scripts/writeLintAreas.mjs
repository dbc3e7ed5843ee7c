// @ts-check
import { writeFileSync } from 'node:fs';
import { lintOverrides } from './areas.mjs';

// Writes the table of scripts/areas.json as rules of the linter: `npm run areas`, after a change of the
// table.
const rows = lintOverrides().map((override) => `    ${JSON.stringify(override)}`);
writeFileSync(
  new URL('../biome.areas.json', import.meta.url),
  `{\n  "overrides": [\n${rows.join(',\n')}\n  ]\n}\n`,
);
