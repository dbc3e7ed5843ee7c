import { writeFileSync } from 'node:fs';
import { CONSOLE_API_FILE, consoleApiText } from './consoleApi.ts';

// `npm run console:api`, after a change of a description.
writeFileSync(CONSOLE_API_FILE, consoleApiText());
