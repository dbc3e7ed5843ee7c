import { readdir } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';

/** Paths of the files below a folder, with slashes and sorted. Hidden ones and packages are left out. */
export async function filesBelow(
  folder: string,
  isWanted: (path: string) => boolean = () => true,
): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .filter((path) => !path.split('/').some((part) => part.startsWith('.') || part === 'node_modules'))
    .filter(isWanted)
    .sort();
}

export function isDocumentName(path: string): boolean {
  return path.toLowerCase().endsWith('.scxml');
}
