import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { consoleApiText } from './consoleApi.ts';

// Writes the types of console/api/operations.ts: `npm run console:api`, after a change of a description.
writeFileSync(resolve(import.meta.dirname, '../console/api/operations.ts'), consoleApiText());
