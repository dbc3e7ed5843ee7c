// The documents are read by path beside the code: a build takes them along.
import { cpSync } from 'node:fs';

cpSync(new URL('../scxml/', import.meta.url), new URL('../dist/scxml/', import.meta.url), {
  recursive: true,
});
