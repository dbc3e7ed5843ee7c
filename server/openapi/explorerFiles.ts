import { readFileSync } from 'node:fs';
import { extname } from 'node:path';

export interface ExplorerFile {
  readonly type: string;
  readonly text: string;
}

const NAMES: readonly string[] = [
  'explorer.html',
  'explorer.css',
  'explorer.js',
  'operationView.js',
  'requestForm.js',
  'replyView.js',
  'schemaView.js',
  'elements.js',
];
const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html;charset=UTF-8',
  '.css': 'text/css;charset=UTF-8',
  '.js': 'text/javascript;charset=UTF-8',
};

const READ = new Map<string, ExplorerFile>();

/** A file of the explorer; undefined: there is none with this name. */
export function explorerFile(name: string): ExplorerFile | undefined {
  if (!NAMES.includes(name)) return undefined;
  const known = READ.get(name);
  if (known !== undefined) return known;
  const file: ExplorerFile = {
    type: TYPES[extname(name)]!,
    text: readFileSync(new URL(`./explorer/${name}`, import.meta.url), 'utf8'),
  };
  READ.set(name, file);
  return file;
}
